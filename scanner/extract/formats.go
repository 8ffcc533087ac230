package extract

import (
	"figment/ecosystem"
	"figment/scanner/text"
	"path"
	"slices"
)

// Generic are the formats of texts that may name packages of any ecosystem.
func Generic() []Format {
	return []Format{
		{Name: "shell/commands", Ecosystem: ecosystem.Unknown, Kind: Command, Languages: shellLanguages(), Match: matchShell, Extract: extractShell},
		{Name: "powershell/commands", Ecosystem: ecosystem.Unknown, Kind: Command, Languages: otherShellLanguages(), Match: matchOtherShell, Extract: extractOtherShell},
		{Name: "lines/commands", Ecosystem: ecosystem.Unknown, Kind: Command, Languages: text.DataLanguages(), Match: matchLines, Extract: extractLines},
		{Name: "prose/mentions", Ecosystem: ecosystem.Unknown, Kind: Mention, Match: matchProse, Extract: extractProse},
	}
}

// Named matches texts by the last element of their names.
func Named(names ...string) func(*text.Fragment) bool {
	return func(f *text.Fragment) bool {
		return f.Name != "" && slices.Contains(names, path.Base(f.Name))
	}
}
