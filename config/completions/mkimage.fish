# SPDX-License-Identifier: MIT
# Completion of mkimage for fish. What mkimage says of itself is what is offered: nothing here has to be
# kept up to date.

function __mkimage_verbs
    mkimage --help 2>/dev/null | sed -n 's/^  mkimage \([a-z]*\) [A-Z].*/\1/p'
end

function __mkimage_options
    set -l words (commandline -opc)
    set -l verb build
    if set -q words[2]; and contains -- $words[2] (__mkimage_verbs)
        set verb $words[2]
    end
    mkimage $verb --help 2>/dev/null | grep -oE -- '(^|[ ,])--[a-z][a-z0-9-]*' | tr -d ' ,' | sort -u
end

complete -c mkimage -n 'test (count (commandline -opc)) -eq 1' -a '(__mkimage_verbs)'
complete -c mkimage -n 'string match -q -- "-*" (commandline -ct)' -a '(__mkimage_options)'
complete -c mkimage -n 'contains -- --scheme (__mkimage_options)' -l scheme -x -a 'gpt mbr'
complete -c mkimage -n 'contains -- --fat (__mkimage_options)' -l fat -x -a '12 16 32'
complete -c mkimage -n 'contains -- --sector-size (__mkimage_options)' -l sector-size -x -a '512 4096'
