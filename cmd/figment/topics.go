package main

import (
	"fmt"
	"io"

	"figment/app"
)

// topics are the pages of help that belong to no command.
var topics = []struct{ name, short, text string }{
	{"exit-codes", "what the exit status means", `The exit status is the same for every output format.

  0    nothing at or above --fail-on (default: error)
  1    findings
  2    wrong usage or configuration
  3    incomplete, where --on-unverified=fail asks for completeness; a change that
       keeps its own names from being checked, or touches a file that was not
       read; internal failure
  130, 143   ended by a signal

1 wins over 3. --exit-zero makes 0 of 1 and of 3, for jobs that only upload.
Names that could not be checked are neither clean nor missing: they are counted,
listed, and make a 3 only where that was asked for.
`},
	{"config", "the configuration files", `The project's file is .figment.toml, the nearest from the scanned path up to the
root of the repository. The user's file is figment/config.toml in the user's
configuration directory. A flag wins over a variable, a variable over the
project's file, that over the user's.

  fail-on = "error"
  on-unverified = "warn"
  private = ["npm:@acme/*"]          # never sent to a public registry

  [rules]
  deprecated-package = { level = "off", reason = "handled elsewhere" }

  [[allow]]                          # the name is right
  package = "npm:@acme/ui-tokens"
  reason = "our own package"         # required
  expires = 2027-02-20               # optional

  [[ignore]]                         # this rule, here
  package = "pypi:yaml"              # package, paths or both
  paths = ["examples/**"]
  rules = ["undeclared-import"]      # required
  reason = "examples are not installed"

  [[exclude]]
  paths = ["fixtures/**"]
  reason = "bait for tests"

A comment accepts a finding at its line, or on the line below:

  import yaml  # figment: ` + `ignore[undeclared-import] comes with the platform

A project's file may make things stricter freely, and more permissive
only with a reason.
It can not set what routes a request:
those keys belong in the user's file.

With --policy-from the exceptions of the repository are those of a commit, not of
the files on disk: entries, excludes, lowered levels and settings, the baseline
and comments. What makes things stricter counts from disk all the same, and so
does an entry that you made with figment allow on this machine. A file outside of
the repository, named with --config or --baseline, counts as it is. What only the
files on disk accept is named: "accepted by this change: ...".

With --staged, --diff or --policy-from a change does not keep its own new names
from being checked: what it alone calls private, or takes from another registry,
stays unverified and makes the exit status 3. Where that is right:

  accept-claims = ["npm:@acme/*"]    # in the user's file, or committed before
`},
	{"environment", "the environment variables", ""},
}

// helpTopic writes the page of a topic.
func helpTopic(w io.Writer, name string) {
	for _, t := range topics {
		if t.name == name && t.text != "" {
			fmt.Fprint(w, t.text)
			return
		}
	}
	fmt.Fprint(w, "Every option below has a variable. A flag wins over it, and it wins over the\nconfiguration files.\n\n")
	seen := map[string]bool{}
	for _, o := range app.Options("") {
		v := o.Variable()
		if v == "" || seen[v] {
			continue
		}
		seen[v] = true
		fmt.Fprintf(w, "  %-32s --%s\n", v, o.Name)
	}
	fmt.Fprint(w, "\nRead as well:\n\n")
	for _, v := range app.Variables() {
		fmt.Fprintf(w, "  %s\n", v.Name)
		for _, line := range wrap(v.Doc, 72) {
			fmt.Fprintf(w, "      %s\n", line)
		}
	}
}
