package shell

import (
	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// Formats are the texts of shells, and texts of other languages in which commands
// are looked for line by line.
func Formats() []extract.Format {
	return []extract.Format{
		{Name: "shell/commands", Ecosystem: ecosystem.Unknown, Kind: extract.Command, Languages: shellLanguages(), Match: matchShell, Extract: extractShell, Commands: known{}},
		{Name: "powershell/commands", Ecosystem: ecosystem.Unknown, Kind: extract.Command, Languages: otherShellLanguages(), Match: matchOtherShell, Extract: extractOtherShell},
		{Name: "lines/commands", Ecosystem: ecosystem.Unknown, Kind: extract.Command, Languages: text.DataLanguages(), Match: matchLines, Extract: extractLines},
	}
}

// known is what readers of other texts ask.
type known struct{}

func (known) Program(word string) string    { return program(word) }
func (known) Manager(program string) bool   { return managers[program] }
func (known) MayName(text []byte) bool      { return mayName(text) }
func (known) MayInstall(text []byte) bool   { return MayInstall(text) }
func (known) MayRun(text []byte) bool       { return MayRun(text) }
func (known) MayInterpret(text []byte) bool { return mayInterpret(text) }
