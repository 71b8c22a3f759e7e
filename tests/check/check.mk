# The checks of the source: check-source reads files only; check-tree needs a build.
check-source:
	@tests/check/includes.sh
	@tests/check/style.sh
	@tests/check/shell.sh
	@tests/check/docs.sh
	@tests/check/self-test.sh

# What needs the libraries or the programs: symbols of the pure layers, the
# sample of the settings, the page of the vocabulary, an installed tree that systemd accepts.
check-tree: all
	@tests/check/pure.sh $(BUILD)
	@$(BUILD)/bin/tracd --print-sample | diff -u conf/tracd.conf.sample -
	@LC_ALL=C $(BUILD)/bin/trac record --help all | diff -u doc/vocabulary.md - || \
		{ echo "doc/vocabulary.md is old: run make vocabulary" >&2; exit 1; }
	@MAKE=$(MAKE) tests/check/systemd.sh $(BUILD)

.PHONY: check-source check-tree
