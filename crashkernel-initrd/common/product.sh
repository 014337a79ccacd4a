# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154 # here, library, program: set by the program that reads this
# product - where the files of this product are: built, or installed

# Prints the path of one.
product_file() {
	for file in "$here/../build/$1" "$library/$1" "$here/$1"; do
		[ ! -f "$file" ] || {
			readlink -f "$file"
			return 0
		}
	done
	die "$1 is not there (looked in $here/../build, $library, $here)" \
		"run make, or install $program again"
}
