# SPDX-License-Identifier: GPL-2.0-only
# dependencies - from drivers that are needed to all modules it takes, in loading order
#
# Reads, each announced by kind=: modules.builtin, modules.dep, soft dependencies and options (in
# modprobe.d form), modules.alias, and the needs: "need NAME", "named NAME" (with its bus), "alias
# MODALIAS" (whatever matches, nothing too). Prints, separated by tabs:
#
#   module NAME PATH PARAMETERS     builtin NAME     missing NAME
#
# This is not left to modprobe --show-depends: it leaves out the soft dependencies of the module
# it is asked for (kmod 30), and mixes in the configuration of the machine it runs on.

function key(name) {
	sub(/^.*\//, "", name)
	sub(/\.ko(\.[a-z0-9]+)?$/, "", name)
	gsub(/-/, "_", name)
	return name
}

# A shell pattern as a regular expression.
function pattern(glob,    out, i, c, set) {
	for (i = 1; i <= length(glob); i++) {
		c = substr(glob, i, 1)
		if (set || c == "[") {
			set = c != "]"
			out = out c
		} else if (c == "*")
			out = out ".*"
		else if (c == "?")
			out = out "."
		else
			out = out (c ~ /[A-Za-z0-9_:,]/ ? c : c ~ /[\\^]/ ? "\\" c : "[" c "]")
	}
	return "^" out "$"
}

function matches(glob, name,    fixed) {
	fixed = glob
	sub(/[*?[].*$/, "", fixed) # most differ here already: no regular expression needed
	if (substr(name, 1, length(fixed)) != fixed)
		return 0
	return fixed == glob ? name == glob : name ~ pattern(glob)
}

function visit_each(names,    n, i, list) {
	n = split(names, list, " ")
	for (i = 1; i <= n; i++)
		visit_name(list[i])
}

# Soft dependencies before, hard ones, the module itself, soft ones after.
function visit(k,    n, i, list) {
	if (k in visited)
		return
	visited[k] = 1
	visit_each(pre[k])
	n = split(deps[k], list, " ")
	for (i = n; i > 0; i--)
		visit(key(list[i]))
	if (!(k in path))
		print "missing\t" k
	else
		print "module\t" k "\t" path[k] "\t" options[k]
	visit_each(post[k])
}

# By its name, else by its alias. Returns 0 if there is no such thing.
function visit_name(name,    k, i, found) {
	k = key(name)
	if (k in path) {
		visit(k)
		return 1
	}
	if (k in builtin) {
		if (!(k in visited))
			print "builtin\t" k
		visited[k] = 1
		return 1
	}
	for (i = 1; i <= aliases; i++)
		if (alias[i] == name || index(name, ":") && matches(alias[i], name)) {
			visit(key(target[i]))
			found = 1
		}
	return found
}

# No symbol ties a driver to its bus; its aliases tell which it is.
function visit_bus(k,    i) {
	for (i = 1; i <= aliases; i++)
		if (key(target[i]) == k) {
			if (alias[i] ~ /^virtio:/)
				visit_each("virtio_pci virtio_ccw")
			if (alias[i] ~ /^usb:/)
				visit_each("xhci_pci ehci_pci")
		}
}

BEGIN {
	# These ask for a second half by request_module, which nobody answers in the crash kernel.
	post["mlx4_core"] = "mlx4_en"
	post["hns3"] = "hclge hclgevf"
}

kind == "builtin" {
	builtin[key($1)] = 1
}
kind == "dep" {
	sub(/:$/, "", $1)
	k = key($1)
	path[k] = $1
	$1 = ""
	deps[k] = $0
}
kind == "soft" && $1 == "softdep" {
	where = ""
	for (i = 3; i <= NF; i++)
		if ($i == "pre:" || $i == "post:")
			where = $i
		else if (where == "pre:")
			pre[key($2)] = pre[key($2)] " " $i
		else if (where == "post:")
			post[key($2)] = post[key($2)] " " $i
}
kind == "soft" && $1 == "weakdep" {
	for (i = 3; i <= NF; i++)
		pre[key($2)] = pre[key($2)] " " $i
}
kind == "soft" && $1 == "options" {
	k = key($2)
	$1 = $2 = ""
	sub(/^ +/, "")
	options[k] = options[k] (options[k] == "" ? "" : " ") $0
}
kind == "alias" && $1 == "alias" {
	alias[++aliases] = $2
	target[aliases] = $3
}
kind == "need" {
	want_how[++wants] = $1
	want_name[wants] = $2
}

END {
	for (w = 1; w <= wants; w++) {
		if (want_how[w] == "named")
			visit_bus(key(want_name[w]))
		if (!visit_name(want_name[w]) && want_how[w] != "alias")
			print "missing\t" want_name[w]
	}
}
