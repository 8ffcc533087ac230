package gem

import (
	"figment/ecosystem"
	"figment/scanner/extract/shell"
)

// commands are those of gem and Bundler.
func commands() *shell.Tools {
	return &shell.Tools{
		Ecosystem: ecosystem.Gem,
		Commands: []shell.Command{
			{Programs: "gem", Subs: "install|i|exec|fetch", Ecosystem: ecosystem.Gem, Values: "-v --version -s --source -n --bindir -i --install-dir -P --trust-policy", Read: shell.ReadNames},
			{Programs: "bundle", Subs: "add|plugin install", Ecosystem: ecosystem.Gem, Values: "-v --version -g --group -s --source --require --path --git --branch", Read: shell.ReadNames},
		},
		Managers: "gem bundle",
		Signs:    []string{"gem ", "bundle"},
	}
}
