package gem

import (
	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/extract/shell"
)

// commands are those of gem and Bundler.
func commands() *shell.Tools {
	return &shell.Tools{
		Ecosystem: ecosystem.Gem,
		Commands: []shell.Command{
			{Programs: "gem", Subs: "install|i|fetch", Ecosystem: ecosystem.Gem, Values: gemValues, Read: shell.ReadNames, Ends: true},
			{Programs: "gem", Subs: "exec", Ecosystem: ecosystem.Gem, Values: "-v --version -g --gem --config-file", Read: readExec, Flags: extract.Runs},
			{Programs: "bundle", Subs: "add|plugin install", Ecosystem: ecosystem.Gem, Values: bundleValues, Read: shell.ReadNames},
		},
		Managers: "gem bundle",
		Lines:    "gem bundle",
		Signs:    []string{"gem ", "bundle"},
	}
}

// The options that take a value, also where it may be left out: from the sources of
// RubyGems 3 (lib/rubygems/*_option*.rb) and, not compared, of Bundler 2.
const (
	gemValues = "-v --version -s --source -n --bindir -i --install-dir -P --trust-policy --document --build-root -g --file --without -p --http-proxy " +
		"-B --bulk-threshold --platform --config-file"
	bundleValues = "-v --version -g --group -s --source -r --require --path --git --github --branch --ref --glob"
)

// readExec reads "gem exec", which installs the gem that -g names, or else the one
// that is called like its command.
func readExec(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	for _, a := range shell.Leading(words, cmd) {
		if (a.Flag == "-g" || a.Flag == "--gem") && a.Value != nil {
			shell.ReadFirst(c, cmd, []shell.Word{*a.Value})
			return
		}
	}
	shell.ReadFirst(c, cmd, words)
}
