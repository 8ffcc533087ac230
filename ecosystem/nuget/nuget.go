// Package nuget is what figment knows of NuGet: which packages an import may mean.
package nuget

import (
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/scanner/resolve"
	"figment/scanner/text"
)

// Adapter is the ecosystem's.
func Adapter() adapter.Adapter {
	return adapter.Vocabulary(ecosystem.NuGet, &resolve.Rules{Ecosystem: ecosystem.NuGet, Packages: dotnet, Related: related}, commands(), unread(), "dotnet")
}

// unread are the files that name its packages, none of which is read yet.
func unread() []text.Known {
	return []text.Known{
		{What: ".NET project", Names: []string{".csproj", ".fsproj", ".vbproj", "Directory.Build.props"}},
		{What: "NuGet manifest", Names: []string{"packages.config", "Directory.Packages.props"}},
		{What: "NuGet lock file", Names: []string{"packages.lock.json"}, Refresh: "dotnet restore --force-evaluate"},
		{What: "NuGet lock file", Names: []string{"project.assets.json"}},
		{What: "NuGet specification", Names: []string{".nuspec"}},
		{What: "Paket manifest", Names: []string{"paket.dependencies"}},
		{What: "Paket lock file", Names: []string{"paket.lock"}},
		{What: "C# source", Names: []string{".cs", ".csx"}, Labels: []string{"csharp", "cs", "c#", "csx"}},
		{What: "F# source", Names: []string{".fs", ".fsx"}, Labels: []string{"fsharp", "fs", "f#", "fsx"}},
		{Labels: []string{"vb"}},
	}
}

// dotnet: a namespace is often the id of its package, or begins with it; ids
// are compared without case.
func dotnet(imp string) []resolve.Candidate {
	var out []resolve.Candidate
	for q := imp; q != ""; q, _ = resolve.Parent(q) {
		out = append(out, resolve.Candidate{Name: strings.ToLower(q), How: resolve.Identity, Confidence: "low"})
	}
	return out
}

// related takes an id for the namespaces below it; case does not count.
func related(imp, name string) int {
	if name = strings.ToLower(name); resolve.Within(strings.ToLower(imp), name, ".") {
		return len(name)
	}
	return 0
}
