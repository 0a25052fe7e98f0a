# `make run` opens the kiosk in practice mode; `make test` runs every test. Each target installs what it needs itself.
# ARGS goes to the program: make run ARGS="--windowed 1366x768"; make test ARGS="--lib domain::"

ARGS ?=

.PHONY: help run test gallery bench faults check

help:
	@echo 'make run      the kiosk in practice mode: a practice portal, a practice card (PIN 123456), nothing real'
	@echo 'make test     every test'
	@echo 'make gallery  every screen as a picture, into target/gallery'
	@echo 'make bench    speed, memory, size and bytes on the wire, beside their bars and peers'
	@echo 'make faults   docs/faults.md, from the table of faults'
	@echo 'make check    what .ci/run does'

run:
	@packaging/setup.sh run
	cargo build --release
	@packaging/run.sh target/release/tereze $(ARGS)

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

check:
	.ci/run
