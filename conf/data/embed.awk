# Writes a table of conf/data as C, for proto/life/data.h: one row a line, cells
# between tabs, "#" begins a comment line. A cell may be empty.
BEGIN {
	FS = "\t"
	print "#include \"proto/life/data.h\""
}
FNR == 1 {
	if (name)
		close_table()
	name = FILENAME
	sub(/.*\//, "", name); sub(/\.tsv$/, "", name)
	print "static const struct data_row " name "_row[] = {"
	rows = 0
}
/^#/ || /^[ \t]*$/ { next }
{
	if (NF > 8) {
		print FILENAME ":" FNR ": " NF " cells: at most 8 fit" > "/dev/stderr"
		exit 1
	}
	printf "\t{ " FNR ", { "
	for (i = 1; i <= NF; i++) {
		gsub(/\\/, "\\\\", $i); gsub(/"/, "\\\"", $i)
		printf "\"%s\", ", $i
	}
	for (; i <= 8; i++)
		printf "\"\", "
	print "} },"
	rows++
}
END { close_table() }

function close_table() {
	print "};"
	print "const struct data_table data_" name " = { \"" name "\", " rows ", " name "_row };"
}
