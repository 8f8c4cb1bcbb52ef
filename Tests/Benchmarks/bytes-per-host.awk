# Sums Squid native column 5 per destination host: the work that `make bench-logs` compares with.
{
    if (split($7, parts, "/") > 2) host = parts[3]; else { split($7, parts, ":"); host = parts[1] }
    bytes[host] += $5
}
END { for (host in bytes) { total += bytes[host]; hosts++ } printf "hosts %d bytes %.0f\n", hosts, total }
