# The checks of the source: check-source reads files only; check-tree needs a build.
check-source:
	@tests/check/includes.sh
	@tests/check/style.sh
	@tests/check/shell.sh
	@tests/check/docs.sh
	@tests/check/self-test.sh

# What needs the libraries or the programs: symbols of the pure layers, the
# sample of the settings, an installed tree that systemd accepts.
check-tree: all
	@tests/check/pure.sh $(BUILD)
	@$(BUILD)/bin/tracd --print-sample | diff -u conf/tracd.conf.sample -
	@MAKE=$(MAKE) tests/check/systemd.sh $(BUILD)

.PHONY: check-source check-tree
