package nuget

import (
	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/extract/shell"
)

// commands are those of .NET. Options: docs/core/tools of dotnet/docs.
func commands() *shell.Tools {
	return &shell.Tools{
		Ecosystem: ecosystem.NuGet,
		Commands: []shell.Command{
			{Programs: "dotnet", Subs: "tool install|tool update|tool exec|new install", Ecosystem: ecosystem.NuGet, Values: "--version -v --verbosity --framework -s --source --tool-path --tool-manifest --configfile --add-source --nuget-source -a --arch", Read: shell.ReadFirst, OneDash: true, Gap: true},
			{Programs: "dotnet", Subs: "add package|package add", Ecosystem: ecosystem.NuGet, Values: "-v --version -f --framework -s --source --package-directory --project", Read: shell.ReadFirst, OneDash: true, Gap: true},
			{Programs: "dnx", Ecosystem: ecosystem.NuGet, Values: "--version --source --add-source --configfile -v --verbosity", Read: shell.ReadFirst, Flags: extract.Runs, OneDash: true, Gap: true},
			{Programs: "Install-Package", Ecosystem: ecosystem.NuGet, Values: "-Version -Source -ProjectName", Read: shell.ReadFirst, OneDash: true, Gap: true},
			{Programs: "nuget paket", Subs: "install|add", Ecosystem: ecosystem.NuGet, Values: "-Version -Source -OutputDirectory --version", Read: shell.ReadFirst, OneDash: true, Gap: true},
		},
		Managers: "dotnet",
		Lines:    "dotnet",
		Signs:    []string{"dotnet", "dnx", "nuget", "Install-Package"},
		Verbs:    []string{"dnx"},
	}
}
