package shell

import (
	"slices"
	"strings"
)

// npmCommand gives the command of npm that a word means: its own name, an alias,
// or the beginning of one of them and of no other (lib/utils/cmd-list.js of npm
// 11). What means none stays what it is.
func npmCommand(word string) string {
	var b strings.Builder
	for _, c := range word {
		if c >= 'A' && c <= 'Z' {
			b.WriteByte('-')
			c += 'a' - 'A'
		}
		b.WriteRune(c)
	}
	name := b.String()
	if slices.Contains(npmCommands, name) {
		return name
	}
	if to, ok := npmAliases[name]; ok {
		return to
	}
	found := ""
	if name != "" {
		for _, c := range npmCommands {
			if strings.HasPrefix(c, name) {
				if found != "" {
					return word
				}
				found = c
			}
		}
		for alias, to := range npmAliases {
			if strings.HasPrefix(alias, name) {
				if found != "" {
					return word
				}
				found = to
			}
		}
	}
	if found == "" {
		return word
	}
	return found
}

var npmCommands = strings.Fields(`access adduser approve-scripts audit bugs cache ci completion config dedupe
	deny-scripts deprecate diff dist-tag docs doctor edit exec explain explore find-dupes fund get help help-search
	init install install-ci-test install-scripts install-test link ll login logout ls org outdated owner pack ping pkg
	prefix profile prune publish query rebuild repo restart root run sbom search set shrinkwrap stage star stars start
	stop team test token trust undeprecate uninstall unpublish unstar update version view whoami`)

var npmAliases = map[string]string{
	"author": "owner", "home": "docs", "issues": "bugs", "info": "view", "show": "view", "find": "search", "add": "install",
	"unlink": "uninstall", "remove": "uninstall", "rm": "uninstall", "r": "uninstall", "un": "uninstall", "rb": "rebuild",
	"list": "ls", "ln": "link", "create": "init", "i": "install", "it": "install-test", "cit": "install-ci-test", "u": "update",
	"up": "update", "c": "config", "s": "search", "se": "search", "tst": "test", "t": "test", "ddp": "dedupe", "v": "view",
	"run-script": "run", "clean-install": "ci", "clean-install-test": "install-ci-test", "x": "exec", "why": "explain", "la": "ll",
	"verison": "version", "ic": "ci", "innit": "init", "in": "install", "ins": "install", "inst": "install", "insta": "install",
	"instal": "install", "isnt": "install", "isnta": "install", "isntal": "install", "isntall": "install", "install-clean": "ci",
	"isntall-clean": "ci", "hlep": "help", "dist-tags": "dist-tag", "upgrade": "update", "udpate": "update", "rum": "run",
	"sit": "install-ci-test", "urn": "run", "ogr": "org", "add-user": "adduser",
}
