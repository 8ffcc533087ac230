package shell

import (
	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// Formats are the texts of shells, and texts of other languages in which commands
// are looked for line by line.
func (g *Grammar) Formats() []extract.Format {
	return []extract.Format{
		{Name: "shell/commands", Ecosystem: ecosystem.Unknown, Kind: extract.Command, Languages: shellLanguages(), Match: matchShell, Extract: g.extractShell, Commands: g},
		{Name: "powershell/commands", Ecosystem: ecosystem.Unknown, Kind: extract.Command, Languages: otherShellLanguages(), Match: matchOtherShell, Extract: g.extractOtherShell},
		{Name: "lines/commands", Ecosystem: ecosystem.Unknown, Kind: extract.Command, Languages: text.DataLanguages(), Match: matchLines, Extract: g.extractLines},
	}
}
