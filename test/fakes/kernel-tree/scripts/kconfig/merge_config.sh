#!/bin/sh
# merge_config.sh -n -O DIR CONFIG FRAGMENT: what Kconfig does not know is dropped without a word, as the real one does.
config=$4 fragment=$5
for symbol in $(sed -n 's/^config //p' Kconfig); do
	grep -w "CONFIG_$symbol" "$fragment" || echo "# CONFIG_$symbol is not set"
done > "$config.new"
mv "$config.new" "$config"
