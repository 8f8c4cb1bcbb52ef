# Two commands do everything on a fresh Debian 12 machine with a Swift 6.3 toolchain:
#   make demo   installs what is missing, builds, and runs the main job on captures/ and allowlists/
#   make test   the same set-up, then lint and all tests
SHELL := /bin/bash
SWIFT ?= swift
# Debian packages by name, and why: libpsl-dev for registrable domains (Public Suffix List), libpcap-dev for
# capture filters, libarchive-dev for compressed captures, pkg-config to find them.
PACKAGES := libpsl-dev libpcap-dev libarchive-dev pkg-config

.PHONY: all setup build demo test lint format bench-logs clean

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

bench-logs:
	$(SWIFT) build -c release --product LogsBenchmark
	Tests/Benchmarks/bench-logs.sh

clean:
	rm -rf .build
