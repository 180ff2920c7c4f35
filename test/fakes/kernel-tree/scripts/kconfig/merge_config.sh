#!/bin/sh
# merge_config.sh -n -O DIR FRAGMENT...: the last word counts, and what Kconfig does not know is dropped without a word,
# both as the real one does. The miniature's tiny configuration is empty, so that only the last fragment says anything.
config=$3/.config
for fragment; do :; done
for symbol in $(sed -n 's/^config //p' Kconfig); do
	line=$(grep -w "CONFIG_$symbol" "$fragment" | tail -n 1)
	echo "${line:-# CONFIG_$symbol is not set}"
done > "$config.new"
mv "$config.new" "$config"
