package shell

import (
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
)

// cargoTools are the commands of cargo.
func cargoTools() *Tools {
	return &Tools{
		Ecosystem: ecosystem.Cargo,
		Commands: []Command{
			{Programs: "cargo", Subs: "add", Ecosystem: ecosystem.Cargo, Values: cargoValues, Read: readPlain},
			{Programs: "cargo", Subs: "install|binstall", Ecosystem: ecosystem.Cargo, Values: cargoValues, Read: readPlain},
		},
		Managers: "cargo",
		Signs:    []string{"cargo"},
		Variables: &Variables{
			Option: func(name string) (tool, option string) {
				if name == "CARGO_REGISTRY_DEFAULT" {
					return "cargo", "--registry"
				}
				return "", ""
			},
			Hears:   func(cmd *Command, tool string) bool { return hasWord(cmd.Programs, tool) },
			Carried: "--registry",
			Asked:   []string{"cargo --registry"},
			Take: func(_ *Command, rt *Route, option string, v *Word) {
				if option == "--registry" && v != nil {
					rt.Index = v.Text
				}
			},
		},
	}
}

// gemTools are the commands of gem and Bundler.
func gemTools() *Tools {
	return &Tools{
		Ecosystem: ecosystem.Gem,
		Commands: []Command{
			{Programs: "gem", Subs: "install|i|exec|fetch", Ecosystem: ecosystem.Gem, Values: "-v --version -s --source -n --bindir -i --install-dir -P --trust-policy", Read: readPlain},
			{Programs: "bundle", Subs: "add|plugin install", Ecosystem: ecosystem.Gem, Values: "-v --version -g --group -s --source --require --path --git --branch", Read: readPlain},
		},
		Managers: "gem bundle",
		Signs:    []string{"gem ", "bundle"},
	}
}

// composerTools are the commands of Composer.
func composerTools() *Tools {
	return &Tools{
		Ecosystem: ecosystem.Composer,
		Commands: []Command{
			{Programs: "composer composer.phar", Subs: "require|req|global require", Ecosystem: ecosystem.Composer, Values: "--working-dir -d", Read: readComposer},
			{Programs: "composer composer.phar", Subs: "create-project", Ecosystem: ecosystem.Composer, Values: "--working-dir -d --repository --stability -s", Read: readFirst},
		},
		Managers: "composer",
		Signs:    []string{"composer"},
	}
}

// nugetTools are the commands of .NET.
func nugetTools() *Tools {
	return &Tools{
		Ecosystem: ecosystem.NuGet,
		Commands: []Command{
			{Programs: "dotnet", Subs: "add package|package add|tool install|tool update|tool exec|new install", Ecosystem: ecosystem.NuGet, Values: "-v --version -f --framework -s --source --package-directory --project --tool-path --configfile --add-source", Read: readFirst, OneDash: true, Gap: true},
			{Programs: "dnx", Ecosystem: ecosystem.NuGet, Values: "--version --source", Read: readFirst, Flags: extract.Runs, OneDash: true, Gap: true},
			{Programs: "Install-Package", Ecosystem: ecosystem.NuGet, Values: "-Version -Source -ProjectName", Read: readFirst, OneDash: true, Gap: true},
			{Programs: "nuget paket", Subs: "install|add", Ecosystem: ecosystem.NuGet, Values: "-Version -Source -OutputDirectory --version", Read: readFirst, OneDash: true, Gap: true},
		},
		Managers: "dotnet",
		Signs:    []string{"dotnet", "dnx", "nuget", "Install-Package"},
		Verbs:    []string{"dnx"},
	}
}

// pubTools are the commands of Dart.
func pubTools() *Tools {
	return &Tools{
		Ecosystem: ecosystem.Pub,
		Commands: []Command{
			{Programs: "dart flutter", Subs: "pub add|pub global activate", Ecosystem: ecosystem.Pub, Values: "--hosted-url --git-url --git-ref --git-path --path --sdk --directory -C --source -s", Read: readPub},
		},
		Managers: "dart flutter",
		Signs:    []string{"dart", "flutter"},
		Verbs:    []string{"activate"},
	}
}

// hexTools are the commands of mix.
func hexTools() *Tools {
	return &Tools{
		Ecosystem: ecosystem.Hex,
		Commands: []Command{
			{Programs: "mix", Subs: "archive.install hex|escript.install hex|igniter.install", Ecosystem: ecosystem.Hex, Read: readFirst},
		},
		Managers: "mix",
		Signs:    []string{"mix "},
	}
}

// cargoValues are the flags of cargo that take a value (--help).
const (
	cargoValues = "-p --package --features -F --rename --version --vers --registry --index --branch --tag --rev --root --target --profile --manifest-path -j --jobs --bin --example " +
		"--git --path --base --color --config -Z --lockfile-path --target-dir --message-format --pkg-url --pkg-fmt --bin-dir --install-path --strategies --disable-strategies " +
		"--targets --log-level --github-token --rate-limit --min-tls-version --root-certificates --maximum-resolution-timeout"
)

// readPlain reads names with an optional version: cargo, gem, bundle.
func readPlain(c *Reader, cmd *Command, words []Word) {
	list := args(words, cmd)
	var flags extract.Flags
	var from extract.From
	version, index := "", ""
	names := 0
	for _, a := range list {
		switch a.flag {
		case "--git":
			from = extract.FromGit
		case "--path":
			from = extract.FromPath
		case "--dev":
			flags |= extract.Dev
		case "--version", "--vers", "-v":
			if a.value != nil {
				version = a.value.Text
			}
		case "--registry", "--index", "--source", "-s":
			if a.value != nil {
				index = a.value.Text
			}
		case "-g", "--group":
			if a.value != nil && (a.value.Text == "test" || a.value.Text == "development") {
				flags |= extract.Dev
			}
		case "":
			names++
		}
	}
	for _, a := range list {
		if a.flag != "" || extract.IsPathOrURL(a.word.Text) || strings.HasPrefix(a.word.Text, "+") || strings.HasSuffix(a.word.Text, ".gem") {
			continue
		}
		t := a.word.Text
		end := len(t)
		constraint := ""
		if i := strings.IndexAny(t, "@:"); i > 0 {
			end, constraint = i, t[i+1:]
		} else if names == 1 {
			constraint = version
		}
		c.reference(extract.Reference{Ecosystem: cmd.Ecosystem, Name: t[:end], Constraint: constraint, Span: a.word.span(0, end), Flags: cmd.Flags | flags, From: from, Index: index})
	}
}

func readComposer(c *Reader, cmd *Command, words []Word) {
	list := args(words, cmd)
	var flags extract.Flags
	for _, a := range list {
		if a.flag == "--dev" {
			flags |= extract.Dev
		}
	}
	for i, a := range list {
		t := a.word.Text
		if a.flag != "" || !strings.Contains(t, "/") || extract.IsPathOrURL(t) {
			continue
		}
		end := len(t)
		constraint := ""
		if k := strings.IndexAny(t, ":= "); k > 0 {
			end, constraint = k, strings.TrimSpace(t[k+1:])
		} else if i+1 < len(list) && list[i+1].flag == "" && !strings.Contains(list[i+1].word.Text, "/") {
			constraint = list[i+1].word.Text
		}
		c.reference(extract.Reference{Ecosystem: cmd.Ecosystem, Name: t[:end], Constraint: constraint, Span: a.word.span(0, end), Flags: cmd.Flags | flags})
	}
}

// readFirst reads the first plain word: a name with an optional version.
func readFirst(c *Reader, cmd *Command, words []Word) {
	list := args(words, cmd)
	version := ""
	for _, a := range list {
		if (a.flag == "--version" || a.flag == "-v" || a.flag == "-Version") && a.value != nil {
			version = a.value.Text
		}
	}
	for _, a := range list {
		if a.flag != "" {
			continue
		}
		t := a.word.Text
		end := len(t)
		constraint := version
		if i := strings.Index(t, "::"); i > 0 {
			end, constraint = i, t[i+2:]
		} else if i := strings.IndexByte(t, '@'); i > 0 {
			end, constraint = i, t[i+1:]
		}
		if !extract.IsPathOrURL(t) {
			c.reference(extract.Reference{Ecosystem: cmd.Ecosystem, Name: t[:end], Constraint: constraint, Span: a.word.span(0, end), Flags: cmd.Flags})
		}
		return
	}
}

func readPub(c *Reader, cmd *Command, words []Word) {
	for _, a := range args(words, cmd) {
		t := a.word.Text
		if a.flag != "" || extract.IsPathOrURL(t) {
			continue
		}
		start := 0
		var flags extract.Flags
		for _, p := range []string{"dev:", "override:"} {
			if strings.HasPrefix(t, p) {
				start = len(p)
				if p == "dev:" {
					flags = extract.Dev
				}
			}
		}
		end, constraint := len(t), ""
		if i := strings.IndexByte(t[start:], ':'); i >= 0 {
			end, constraint = start+i, t[start+i+1:]
		}
		var from extract.From
		if strings.Contains(constraint, "git") {
			from, constraint = extract.FromGit, ""
		} else if strings.Contains(constraint, "path") {
			from, constraint = extract.FromPath, ""
		}
		c.reference(extract.Reference{Ecosystem: cmd.Ecosystem, Name: t[start:end], Constraint: constraint, Span: a.word.span(start, end), Flags: cmd.Flags | flags, From: from})
	}
}
