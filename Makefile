# `make run` opens the kiosk in practice mode; `make test` runs every test. Each target installs what it needs itself.
# ARGS goes to the program: make run ARGS="--windowed 1366x768"; make test ARGS="--lib domain::"

ARGS ?=
# Whose package it is: make package MAINTAINER="A Library <it@library.example>"
MAINTAINER ?=
deb = cargo deb --no-build --no-strip $(if $(MAINTAINER),--maintainer "$(MAINTAINER)")

.PHONY: help run test gallery bench faults package package-test check

help:
	@echo 'make run      the kiosk in practice mode: a practice portal, a practice card (PIN 123456), nothing real'
	@echo 'make test     every test'
	@echo 'make gallery  every screen as a picture, into target/gallery'
	@echo 'make bench    speed, memory, size and bytes on the wire, beside their bars and peers'
	@echo 'make faults   docs/faults.md, from the table of faults'
	@echo 'make package  a Debian package, into target/debian'
	@echo 'make package-test  installs, upgrades and purges it in a fresh Debian (as root)'
	@echo 'make check    what .ci/run does'

# The build that the tests use, without the shipped one's long last step; it draws within the same bar (docs/figures.md).
run:
	@packaging/setup.sh run
	cargo build --features tools
	@packaging/run.sh target/debug/tereze $(ARGS)

test:
	@packaging/setup.sh test
	packaging/unchanged.sh cargo test --features tools $(ARGS)

gallery:
	@packaging/setup.sh gallery
	cargo run --features tools -- gallery target/gallery $(ARGS)

bench:
	@packaging/setup.sh bench
	cargo build --release
	cargo build --release --features tools --example tereze-bench
	target/release/examples/tereze-bench target/release/tereze $(ARGS)

faults:
	cargo build --features tools
	target/debug/tereze --lang en faults >docs/faults.md

package:
	@packaging/setup.sh package
	cargo build --release
	$(deb)

# The second revision is the same program: what is tested is the way from one to the other. cargo-deb keeps the last
# package alone.
package-test: package
	@packaging/setup.sh package-test
	mkdir -p target/package
	cp "$$(ls -t target/debian/tereze_*.deb | head -n1)" target/package/tereze.deb
	$(deb) --deb-revision 2 --output target/package/tereze-upgrade.deb
	packaging/package-test.sh target/package/tereze.deb target/package/tereze-upgrade.deb

check:
	.ci/run
