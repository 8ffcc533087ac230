package shell

import (
	"figment/ecosystem"
	"figment/scanner/extract"
)

// Formats are the texts of shells, and texts of other languages in which commands
// are looked for line by line.
func (g *Grammar) Formats() []extract.Format {
	return []extract.Format{
		{Name: "shell/commands", Ecosystem: ecosystem.Unknown, Kind: extract.Command, Match: matchShell, Extract: g.extractShell, Commands: g},
		{Name: "powershell/commands", Ecosystem: ecosystem.Unknown, Kind: extract.Command, Match: matchOtherShell, Extract: g.extractOtherShell},
		{Name: "lines/commands", Ecosystem: ecosystem.Unknown, Kind: extract.Command, Match: matchLines, Extract: g.extractLines},
	}
}
