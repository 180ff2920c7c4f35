#!/bin/sh
# merge_config.sh -n -O DIR CONFIG FRAGMENT: the last word counts, and what Kconfig does not know is dropped without a
# word, both as the real one does.
config=$4 fragment=$5
for symbol in $(sed -n 's/^config //p' Kconfig); do
	line=$(grep -w "CONFIG_$symbol" "$fragment" | tail -n 1)
	echo "${line:-# CONFIG_$symbol is not set}"
done > "$config.new"
mv "$config.new" "$config"
