# The table of bench.sh: from lines of label, round, wall seconds, processor seconds, peak kilobytes.
# Ratios are taken within each round, then their median and their smallest and largest are shown.
{
  wall[$1, $2] = $3
  processor[$1, $2] = $4
  peak[$1, $2] = $5
  seen[$1] = 1
}

# Median, smallest and largest of list[1..count] in middle, low and high.
function order(count,    i, j, swap) {
  for (i = 2; i <= count; i++)
    for (j = i; j > 1 && list[j] < list[j - 1]; j--) { swap = list[j]; list[j] = list[j - 1]; list[j - 1] = swap }
  low = list[1]
  high = list[count]
  middle = count % 2 ? list[(count + 1) / 2] : (list[count / 2] + list[count / 2 + 1]) / 2
}

function row(label, what, bytes,    r, mean, most) {
  if (!(label in seen)) return
  for (r = 1; r <= rounds; r++) list[r] = wall[label, r]
  order(rounds)
  printf "%-44s %8.3f s (%.3f to %.3f)", what, middle, low, high
  if (bytes) printf "  %6.2f GB/s", bytes / middle / 1e9
  for (r = 1; r <= rounds; r++) list[r] = processor[label, r]
  order(rounds)
  printf "  processor %.3f s", middle
  for (r = 1; r <= rounds; r++) list[r] = peak[label, r]
  order(rounds)
  printf "  peak %.0f MB\n", high / 1024
}

function ratio(a, b, what, factor,    r) {
  if (!(a in seen) || !(b in seen)) return
  for (r = 1; r <= rounds; r++) list[r] = wall[a, r] / wall[b, r] * factor
  order(rounds)
  printf "%-64s %.2f (%.2f to %.2f)\n", what, middle, low, high
}

# A program that was run on two beginnings of the day: what the whole would take, from the difference.
function scaled(program,    r, rate) {
  if (!((program "-slice") in seen)) return
  for (r = 1; r <= rounds; r++) {
    rate = (wall[program "-slice", r] - wall[program "-sliver", r]) / (slice - sliver)
    wall[program, r] = wall[program "-sliver", r] + rate * (day - sliver)
    processor[program, r] = processor[program "-slice", r]
    peak[program, r] = peak[program "-slice", r]
  }
  seen[program] = 1
  row(program "-sliver", program ", the first 1 MB", sliver)
  row(program "-slice", program ", the first 50 MB", slice)
  ratio(program, "jobs2", program " on all of it (scaled by bytes) takes times hallpass, 2 jobs", 1)
}

END {
  printf "\n%s GB, %d packets of %.0f bytes; %d rounds: median (smallest to largest)\n", gigabytes, dayPackets,
    day / dayPackets - 16, rounds
  row("dd", "dd bs=1M of=/dev/null", day)
  row("walk", "walk over record headers", day)
  row("jobs1", "hallpass contacts --jobs 1", day)
  row("jobs2", "hallpass contacts --jobs 2", day)
  row("tcpdump", "tcpdump -nr FILE -w /dev/null", day)
  row("capinfos", "capinfos FILE", day)
  printf "the first %s GB:\n", base
  row("pcap", "hallpass, 2 jobs, pcap", first)
  row("pcapng", "hallpass, 2 jobs, pcapng", ng)
  row("dd256", "dd of 256 bytes a packet", small)
  row("snaplen256", "hallpass, 2 jobs, 256 bytes a packet", small)
  row("gzip", "gzip -dc (bytes unpacked)", first)
  row("gz", "hallpass, 2 jobs, gzip (bytes unpacked)", first)
  row("zstd", "zstd -dc (bytes unpacked)", first)
  row("zst", "hallpass, 2 jobs, zstd (bytes unpacked)", first)
  print "\nratios within a round:"
  ratio("dd", "jobs2", "speed of dd that hallpass with 2 jobs reaches (bar 0.45)", 1)
  ratio("dd", "jobs1", "speed of dd that hallpass with 1 job reaches", 1)
  ratio("walk", "jobs1", "speed of the walk that hallpass with 1 job reaches", 1)
  ratio("jobs1", "jobs2", "2 jobs are times as fast as 1 job (bar 1.8)", 1)
  ratio("tcpdump", "jobs2", "tcpdump takes times hallpass, 2 jobs", 1)
  ratio("capinfos", "jobs2", "capinfos takes times hallpass, 2 jobs", 1)
  ratio("pcap", "pcapng", "speed of pcap that pcapng reaches, same packets (bar 0.8)", 1)
  ratio("dd256", "snaplen256", "256 bytes a packet: speed of dd that is reached (bar 0.35)", 1)
  ratio("gzip", "gz", "speed of gzip -dc that is reached (bar 0.95)", 1)
  ratio("zstd", "zst", "speed of zstd -dc that is reached (bar 0.95)", 1)
  if (day > first)
    ratio("jobs2", "pcap", "time per packet, " gigabytes " GB against " base " GB (bar 0.9 to 1.1)", \
      firstPackets / dayPackets)
  scaled("tshark")
  scaled("ndpiReader")
}
