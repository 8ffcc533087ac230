package hex

import (
	"figment/ecosystem"
	"figment/scanner/extract/shell"
)

// commands are those of mix.
func commands() *shell.Tools {
	return &shell.Tools{
		Ecosystem: ecosystem.Hex,
		Commands: []shell.Command{
			{Programs: "mix", Subs: "archive.install hex|escript.install hex|igniter.install", Ecosystem: ecosystem.Hex, Values: "--organization --repo --sha512 --app --timeout --submodules --sparse", Read: shell.ReadFirst},
		},
		Managers: "mix",
		Lines:    "mix",
		Signs:    []string{"mix "},
	}
}
