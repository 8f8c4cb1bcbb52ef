# Two commands do everything on a fresh Debian 12 machine with a Swift 6.3 toolchain:
#   make demo   installs what is missing, builds, and runs the main job on captures/ and allowlists/
#   make test   the same set-up, then lint and all tests
SHELL := /bin/bash
SWIFT ?= swift
# Debian packages by name, and why: libpsl-dev for registrable domains (Public Suffix List), libpcap-dev for
# capture filters, libarchive-dev for tar and zip, zlib1g-dev to liblz4-dev for compressed captures, libbrotli-dev for
# bodies of web traffic, libsimdjson-dev for JSON, libsqlite3-dev for Pi-hole's database, libjemalloc-dev to share out
# memory among threads, pkg-config to find them; zip, which packs captures in a test; chromium, in which a test opens the
# HTML report; curl, which sends webhooks; minisign, unzip, openssl, tshark and python3-rdflib, which check evidence
# bundles in tests.
PACKAGES := libpsl-dev libpcap-dev libarchive-dev zlib1g-dev liblzma-dev libbz2-dev libzstd-dev \
  liblz4-dev libbrotli-dev libsimdjson-dev libsqlite3-dev libjemalloc-dev pkg-config zip chromium curl \
  minisign unzip openssl tshark python3-rdflib

.PHONY: all setup build demo install install-files sanitize torture test lint format fuzz bench bench-logs bench-judgement \
  bench-ledger bench-names bench-roster bench-review bench-evidence clean

all: build

setup:
	@missing=""; for package in $(PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'install ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "Installing from Debian:$$missing (C libraries and headers that Hallpass is built with)"; \
	  sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -q && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -q --no-install-recommends $$missing; \
	fi
	@command -v $(SWIFT) >/dev/null || { echo "Swift 6.3 is needed: https://www.swift.org/install/linux/"; exit 1; }

build: setup
	$(SWIFT) build -c release --product hallpass

demo: build
	.build/release/hallpass analyze captures/ --register allowlists/ --quiet

lint:
	$(SWIFT) format lint --strict --parallel --recursive --configuration .swift-format Package.swift Sources Tests

format:
	$(SWIFT) format --in-place --parallel --recursive --configuration .swift-format Package.swift Sources Tests

test: setup lint
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

# All tests in which threads work together, under the thread sanitizer: any report fails.
sanitize: setup
	HALLPASS_SANITIZED=1 $(SWIFT) build --build-tests --sanitize thread --scratch-path .build/sanitize
	HALLPASS_SANITIZED=1 TSAN_OPTIONS=halt_on_error=1:exitcode=66 \
	  $(SWIFT) test --skip-build --sanitize thread --scratch-path .build/sanitize \
	  --filter 'ParallelTests|SyntheticDayTests|LogPiecesTests|ManyFilesTests|AssessmentTests|SweepTests|ZipTests'

# The full killing test: 200 imports ended by SIGKILL at random moments (make test does 6).
torture: setup
	$(SWIFT) build --build-tests
	HALLPASS_TORTURE=200 $(SWIFT) test --skip-build --filter LedgerHarmTests

# The program with the Swift libraries that it needs, the nightly service and its timer, switched off: docs/NIGHTLY.md
# says what to fill in. DESTDIR puts everything under another root.
PREFIX := /usr/local
BINARY := .build/release/hallpass

install: build install-files
	@[ -n "$(DESTDIR)" ] || { systemd-sysusers; systemctl daemon-reload; }
	@echo "Installed. Put the register into /etc/hallpass/register, edit /etc/hallpass/nightly.conf, then:"
	@echo "  systemctl start hallpass.service && systemctl enable --now hallpass.timer"

install-files:
	install -d $(DESTDIR)$(PREFIX)/lib/hallpass $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/doc/hallpass \
	  $(DESTDIR)/etc/systemd/system $(DESTDIR)/etc/sysusers.d $(DESTDIR)/etc/hallpass/register
	install -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/lib/hallpass/hallpass
	@# Beside the program, where it looks for them first after the toolchain's own folder.
	ldd $(BINARY) | awk '$$3 ~ /\/swift\/linux\// { print $$3 }' | xargs -r install -m 644 -t $(DESTDIR)$(PREFIX)/lib/hallpass
	ln -sf ../lib/hallpass/hallpass $(DESTDIR)$(PREFIX)/bin/hallpass
	install -m 644 README.md docs/*.md $(DESTDIR)$(PREFIX)/share/doc/hallpass
	install -m 644 docs/systemd/hallpass.service docs/systemd/hallpass.timer $(DESTDIR)/etc/systemd/system
	install -m 644 docs/systemd/hallpass.sysusers $(DESTDIR)/etc/sysusers.d/hallpass.conf
	[ -e $(DESTDIR)/etc/hallpass/nightly.conf ] || \
	  install -m 644 docs/systemd/nightly.conf $(DESTDIR)/etc/hallpass/nightly.conf

# A synthetic school day of GIGABYTES, read by Hallpass and beside it by dd, tcpdump, capinfos, tshark, gzip, zstd and
# ndpiReader, as far as they are installed. Files lie in $$TMPDIR/hallpass-bench: about 5 GB for one gigabyte.
GIGABYTES := 1

bench: setup
	$(SWIFT) build -c release --product hallpass
	$(SWIFT) build -c release --product hallpass-bench
	Tests/Benchmarks/bench.sh $(GIGABYTES)

# A day of 5 million contacts, and a year of 2 million a month: about 1.5 GB in .build/bench-ledger.
bench-ledger:
	$(SWIFT) build -c release --product LedgerBenchmark
	.build/release/LedgerBenchmark .build/bench-ledger

bench-judgement:
	$(SWIFT) build -c release --product JudgementBenchmark
	.build/release/JudgementBenchmark

bench-logs:
	$(SWIFT) build -c release --product LogsBenchmark
	Tests/Benchmarks/bench-logs.sh

# What one name costs: TLS hello, certificate, DNS message, HTTP request, QUIC Initial.
bench-names:
	$(SWIFT) build -c release --product NamesBenchmark
	.build/release/NamesBenchmark Tests/Fuzzers

# A million leases and 100,000 devices, invented: the first run makes the files.
bench-roster:
	$(SWIFT) build -c release --product RosterBenchmark
	.build/release/RosterBenchmark .build/bench-roster
	.build/release/RosterBenchmark .build/bench-roster

# A HAR of 200 MB, invented: the first run makes it (python3).
bench-review: setup
	$(SWIFT) build -c release --product hallpass
	Tests/Benchmarks/bench-review.sh 200

# The excerpt of one destination out of a synthetic school day of GIGABYTES, beside one analysis of the same day.
bench-evidence: setup
	$(SWIFT) build -c release --product hallpass-bench
	$(SWIFT) build -c release --product ExcerptBenchmark
	@mkdir -p "$${TMPDIR:-/tmp}/hallpass-bench"
	@day="$${TMPDIR:-/tmp}/hallpass-bench/day-$(GIGABYTES).pcap"; \
	  [ -s "$$day.truth.tsv" ] || \
	    .build/release/hallpass-bench generate --gigabytes $(GIGABYTES) --seed 1 --output "$$day"; \
	  cat "$$day" > /dev/null; .build/release/ExcerptBenchmark "$$day"

# Runs every fuzzer in turn for SECONDS; stops at the first that crashes, hangs or takes too much memory. What it
# found lies in .build/fuzz/<Name>/: copy it into Tests/Fuzzers/<Name>/Crashes/, where a test reads it for ever.
SECONDS := 60
FUZZERS := PCAPFuzzer PCAPNGFuzzer SnoopFuzzer ERFFuzzer PacketFuzzer FlowFuzzer TLSFuzzer CertificateFuzzer \
  DNSFuzzer HTTP1Fuzzer HTTP2Fuzzer QUICFuzzer DTLSFuzzer TunnelFuzzer ConversationFuzzer ReviewFuzzer ZipFuzzer \
  LogFuzzer LeaseFuzzer
# The fixtures of all formats are the seeds of these two.
SEEDS_LogFuzzer := Tests/LogsTests/Fixtures
SEEDS_LeaseFuzzer := Tests/RosterTests/Fixtures

# Swift's own backtraces are switched off there: they would end the program before libFuzzer has written the input down.
fuzz: setup
	@set -e; for name in $(FUZZERS); do \
	  HALLPASS_FUZZ=1 $(SWIFT) build -c release --scratch-path .build/fuzz --product $$name; \
	done; \
	for name in $(FUZZERS); do \
	  folder=.build/fuzz/$$name; mkdir -p $$folder/corpus; echo "== $$name"; \
	  case $$name in \
	    LogFuzzer) more="$(SEEDS_LogFuzzer)" ;; LeaseFuzzer) more="$(SEEDS_LeaseFuzzer)" ;; *) more="" ;; esac; \
	  SWIFT_BACKTRACE=enable=no .build/fuzz/release/$$name -max_total_time=$(SECONDS) -timeout=1 -rss_limit_mb=1024 -max_len=16384 \
	    -print_final_stats=1 -verbosity=1 -artifact_prefix=$$folder/ $$folder/corpus \
	    Tests/Fuzzers/$$name/Seeds Tests/Fuzzers/$$name/Crashes $$more 2>$$folder/log \
	    || { tail -n 40 $$folder/log; exit 1; }; \
	  grep -E '^stat::|^Done|cov:' $$folder/log | tail -n 8; \
	done

clean:
	rm -rf .build
