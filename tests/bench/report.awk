# Reads the raw figures ("key value", a line a round), then the rows; prints the
# table and writes the JSON. usage: awk -v json=FILE -v events=N -f report.awk RAW ROWS

function best(key, better) {
	return better == "high" ? most[key] : least[key]
}

function short(v) {
	if (v >= 1000) return sprintf("%.0f", v)
	return v >= 100 ? sprintf("%.1f", v) : sprintf("%.3g", v)
}

# values are few: insertion keeps them sorted
function middle(key,    n, i, j, v, sorted) {
	n = split(values[key], sorted, " ")
	for (i = 2; i <= n; i++) {
		v = sorted[i] + 0
		for (j = i - 1; j >= 1 && sorted[j] + 0 > v; j--) sorted[j + 1] = sorted[j]
		sorted[j + 1] = v
	}
	return sorted[int((n + 1) / 2)] + 0
}

function range(key) {
	return short(least[key]) " / " short(middle(key)) " / " short(most[key])
}

function text(s) {
	gsub(/["\\]/, "\\\\&", s)
	return s == "" ? "null" : "\"" s "\""
}

function number(v, has) {
	return has ? sprintf("%.6g", v) : "null"
}

# 1 or 0; -1 when there is nothing to judge
function judge(target, value, has_value, ratio, has_ratio,    subject, has, bound) {
	if (target == "") return -1
	has = target ~ /^ratio/ ? has_ratio : has_value
	subject = target ~ /^ratio/ ? ratio : value
	bound = target
	sub(/^[a-z]*[<>]=/, "", bound)
	if (!has) return -1
	return target ~ /<=/ ? subject <= bound + 0 : subject >= bound + 0
}

function spread_json(key, has) {
	if (!has) return "null"
	return sprintf("[%.6g, %.6g, %.6g]", least[key], middle(key), most[key])
}

function print_json(    verdict) {
	verdict = met < 0 ? "null" : met ? "true" : "false"
	printf "%s\n  {\"name\": %s, \"value\": %s, \"unit\": %s, \"peer\": %s, \"peer_value\": %s, " \
		"\"ratio\": %s, \"target\": %s, \"met\": %s, \"range\": %s, \"peer_range\": %s, " \
		"\"note\": %s}", (rows++ ? "," : "["), text($1), number(value, has), text($2), text($5),
		number(peer, has_peer), number(ratio, has_ratio), text($7), verdict,
		spread_json($4, has), spread_json($6, has_peer), text($8) > json
}

function print_row(    note) {
	if ($1 != last) print $1 ", " $2
	last = $1
	if (has && !shown[$4]++) printf "    %-34s %10s   (%s)\n", "tracd", short(value), range($4)
	note = $7 == "" ? "" : $7 " " (met < 0 ? "not shown" : met ? "met" : "MISSED")
	if (has_peer)
		printf "    %-34s %10s   (%s)   ratio %s   %s\n", $5, short(peer), range($6),
			short(ratio), note
	else
		printf "    %-34s %10s   %s\n", ($5 == "" ? "target" : $5), "", note
	if ($8 != "") print "    " $8
	tally[met]++
}

FNR == NR {
	if (!($1 in least) || $2 < least[$1]) least[$1] = $2 + 0
	if (!($1 in most) || $2 > most[$1]) most[$1] = $2 + 0
	values[$1] = values[$1] " " $2
	next
}

FNR == 1 {
	FS = "|"
	print "\nbest of the rounds (least / median / most); ratio is ours to the peer's"
	print events " events, one machine, all on Unix sockets and loopback\n"
}
/^#/ || NF == 0 { next }
{
	# the first line was split before FS changed; it is a comment
	has = $4 in least
	has_peer = has && $6 in least
	value = has ? best($4, $3) : 0
	peer = has_peer ? best($6, $3) : 0
	has_ratio = has && has_peer && peer > 0
	ratio = has_ratio ? value / peer : 0
	met = judge($7, value, has, ratio, has_ratio)
	print_row()
	print_json()
}
END {
	print "\n]" > json
	printf "\n%d met, %d missed; %s\n", tally[1], tally[0], json
}
