# C source without its comments and the contents of its strings, line by line,
# as "FILE:LINE: TEXT", for checks that look for calls.
FNR == 1 { inside = 0 }
{
	out = ""
	for (i = 1; i <= length($0); i++) {
		two = substr($0, i, 2)
		one = substr(two, 1, 1)
		if (inside) {
			if (two == "*/") { inside = 0; i++ }
		} else if (two == "/*") {
			inside = 1; i++
		} else if (two == "//") {
			break
		} else if (one == "\"" || one == "'") {
			for (i++; i <= length($0) && substr($0, i, 1) != one; i++)
				if (substr($0, i, 1) == "\\") i++
			out = out one one
		} else {
			out = out one
		}
	}
	print FILENAME ":" FNR ": " out
}
