package shell

import (
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// A command is one row of the grammar: a program, a subcommand, and how the
// words after it are read.
type command struct {
	programs string // separated by blanks
	subs     string // subcommands separated by "|"; "": none
	eco      ecosystem.Ecosystem
	values   string // flags that take a value
	read     func(*Reader, *command, []Word)
	flags    extract.Flags
}

// commands is the grammar. The first row that fits decides.
func commands() []command {
	return []command{
		{"pip", "install|download|wheel", ecosystem.PyPI, pipValues + " -d -w", readPip, 0},
		{"uv", "pip install", ecosystem.PyPI, uvPipValues, readPip, 0},
		{"uv", "pip sync|pip compile", ecosystem.PyPI, uvPipValues + " -o --output-file", readLists, 0},
		{"pip-sync", "", ecosystem.PyPI, listValues, readLists, 0},
		{"pip-compile", "", ecosystem.PyPI, listValues, readLists, 0},
		{"uv", "add", ecosystem.PyPI, uvValues, readPip, 0},
		{"uv", "tool install", ecosystem.PyPI, uvValues + " --with --with-editable", readUVTool, 0},
		{"uv", "tool run", ecosystem.PyPI, uvValues + " --with --with-editable --from", readUVX, extract.Runs},
		{"uvx", "", ecosystem.PyPI, uvValues + " --with --with-editable --from", readUVX, extract.Runs},
		{"uv", "run", ecosystem.PyPI, uvValues + " --with --with-editable --extra", readUVRun, extract.Runs},
		{"pipx", "install|upgrade-all", ecosystem.PyPI, "--python --index-url -i --pip-args --suffix --preinstall --spec", readPip, 0},
		{"pipx", "run", ecosystem.PyPI, "--python --index-url -i --pip-args --spec --with", readPipxRun, extract.Runs},
		{"pipx", "inject", ecosystem.PyPI, "--index-url -i --pip-args -r", readPipxInject, 0},
		{"pipx", "runpip", ecosystem.PyPI, pipValues, readRunpip, 0},
		{"poetry pdm rye pipenv", "add|self add|install", ecosystem.PyPI, poetryValues, readPoetry, 0},
		{"easy_install", "", ecosystem.PyPI, "-i --index-url -f -d --install-dir", readPip, 0},
		{"pixi", "add|global install", ecosystem.Conda, "-c --channel -p --platform -f --feature -e --environment --manifest-path", readConda, 0},
		{"conda mamba micromamba", "install|create|update", ecosystem.Conda, condaValues, readConda, 0},

		{"npm", "install|install-test|update|link", ecosystem.NPM, npmValues, readNpm, 0},
		{"npm", "exec", ecosystem.NPM, npmValues + " -p", readNpx, extract.Runs},
		{"npm", "init", ecosystem.NPM, npmValues, readCreate, extract.Runs},
		{"pnpm", "create|init", ecosystem.NPM, pnpmValues, readCreate, extract.Runs},
		{"yarn yarnpkg bun", "create|init", ecosystem.NPM, yarnValues + bunValues, readCreate, extract.Runs},
		{"npx nlx", "", ecosystem.NPM, npmValues + " -p", readNpx, extract.Runs},
		{"pnpx", "", ecosystem.NPM, pnpmValues + " --package -p", readNpx, extract.Runs},
		{"bunx", "", ecosystem.NPM, bunValues + " --package -p", readNpx, extract.Runs},
		{"pnpm", "dlx", ecosystem.NPM, pnpmValues + " --package -p", readNpx, extract.Runs},
		{"yarn yarnpkg", "dlx", ecosystem.NPM, yarnValues + " --package -p", readNpx, extract.Runs},
		{"bun", "x", ecosystem.NPM, bunValues + " --package -p", readNpx, extract.Runs},
		{"pnpm", "add|i|install|up|update|upgrade", ecosystem.NPM, pnpmValues, readNpm, 0},
		{"yarn yarnpkg", "global add|global upgrade", ecosystem.NPM, yarnValues, readNpmGlobal, 0},
		{"yarn yarnpkg", "add|up|upgrade", ecosystem.NPM, yarnValues, readNpm, 0},
		{"bun", "add|i|install|a|update", ecosystem.NPM, bunValues, readNpm, 0},
		{"expo", "install", ecosystem.NPM, "", readNpm, 0},
		{"ni", "", ecosystem.NPM, npmValues, readNpm, 0},
		{"deno", "add|install|run|x", ecosystem.NPM, "--root --name -n --config -c --import-map --lock", readDeno, 0},
		{"jsr", "add|i|install", ecosystem.JSR, "", readNpm, 0},
		{"corepack", "prepare|use", ecosystem.NPM, "", readNpm, 0},

		{"go", "get|install", ecosystem.Golang, goValues, readGo, 0},
		{"go", "run", ecosystem.Golang, goValues + " -exec", readGoRun, extract.Runs},
		{"go", "mod edit", ecosystem.Golang, "", readGoModEdit, 0},

		{"cargo", "add", ecosystem.Cargo, cargoValues, readPlain, 0},
		{"cargo", "install|binstall", ecosystem.Cargo, cargoValues, readPlain, 0},
		{"gem", "install|i|exec|fetch", ecosystem.Gem, "-v --version -s --source -n --bindir -i --install-dir -P --trust-policy", readPlain, 0},
		{"bundle", "add|plugin install", ecosystem.Gem, "-v --version -g --group -s --source --require --path --git --branch", readPlain, 0},
		{"composer composer.phar", "require|req|global require", ecosystem.Composer, "--working-dir -d", readComposer, 0},
		{"composer composer.phar", "create-project", ecosystem.Composer, "--working-dir -d --repository --stability -s", readFirst, 0},
		{"dotnet", "add package|package add|tool install|tool update|tool exec|new install", ecosystem.NuGet, "-v --version -f --framework -s --source --package-directory --project --tool-path --configfile --add-source", readFirst, 0},
		{"dnx", "", ecosystem.NuGet, "--version --source", readFirst, extract.Runs},
		{"Install-Package", "", ecosystem.NuGet, "-Version -Source -ProjectName", readFirst, 0},
		{"nuget paket", "install|add", ecosystem.NuGet, "-Version -Source -OutputDirectory --version", readFirst, 0},
		{"dart flutter", "pub add|pub global activate", ecosystem.Pub, "--hosted-url --git-url --git-ref --git-path --path --sdk --directory -C --source -s", readPub, 0},
		{"mix", "archive.install hex|escript.install hex|igniter.install", ecosystem.Hex, "", readFirst, 0},
	}
}

// Reader turns the words of commands into references.
type Reader struct {
	table []command
	emit  func(extract.Reference)
	flags extract.Flags
	shell func(w Word) // a word that is a command line itself
	depth int
	guess bool // a program that nothing is known of may run the command among its words

	full   func() bool            // no more references are taken
	unread func(w Word)           // a name that only the shell knows
	deep   func()                 // commands in one another were not all read
	told   bool                   // it was said of this command
	set    func(name string) bool // the script assigns a variable itself

	code    func(w Word)                  // a word that is code of a language that is not read
	input   []Word                        // what the command reads from its standard input; nil: the text does not say it
	include func(w Word, constraint bool) // a word that names a list of requirements
	file    func(w Word, name string)     // a word that is the text of a file of that name
	run     func(w Word, lang text.Lang)  // a word that names a file which is run; Undecided: as its first line says
	modules func(extract.Reference)       // a module that python is told to run
	managed bool                          // the command runs in the environment of a project, which declares what it holds
	env     environment                   // variables that tools take options from
	index   string                        // where the command that is read takes names from; empty: as ever
	others  bool                          // and from further indexes beside it
	dotted  text.Lang                     // of the file behind "."; empty: the shell's
	made    func(w Word) ([]Word, bool)   // what the command in a word <(…) writes, as far as the text says it
}

// MentionReader gives a reader for the commands in texts for people. What they
// name goes to emit; files that they install from are followed where follow is set.
func MentionReader(f *text.Fragment, e *extract.Emitter, follow bool, emit func(extract.Reference)) *Reader {
	c := &Reader{table: commands(), full: e.Full, emit: emit}
	if follow {
		c.include = func(w Word, constraint bool) { takesList(f, e, w, constraint) }
	}
	return c
}

func (c *Reader) reference(r extract.Reference) {
	r.Flags |= c.flags
	r.Kind = extract.Command
	if r.Name == "" || r.Span.Start >= r.Span.End {
		return
	}
	if r.From == extract.FromRegistry && ecosystem.Markup(r.Name) {
		if at := strings.IndexByte(r.Name, '$'); at >= 0 {
			c.tell(Word{Text: r.Name, offs: []int{r.Span.Start}, hole: r.Name[at:]})
		}
		return
	}
	if r.From == extract.FromRegistry {
		if r.Index == "" {
			r.Index = c.index
		}
		r.Others = r.Others || c.others
	}
	if strings.Contains(r.Constraint, "$") {
		r.Constraint = ""
	}
	c.emit(r)
}
