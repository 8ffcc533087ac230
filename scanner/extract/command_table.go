package extract

import (
	"strings"

	"figment/ecosystem"
)

// A command is one row of the grammar: a program, a subcommand, and how the
// words after it are read.
type command struct {
	programs string // separated by blanks
	subs     string // subcommands separated by "|"; "": none
	eco      ecosystem.Ecosystem
	values   string // flags that take a value
	read     func(*commandReader, *command, []word)
	flags    Flags
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
		{"uv", "tool run", ecosystem.PyPI, uvValues + " --with --with-editable --from", readUVX, Runs},
		{"uvx", "", ecosystem.PyPI, uvValues + " --with --with-editable --from", readUVX, Runs},
		{"uv", "run", ecosystem.PyPI, uvValues + " --with --with-editable --extra", readUVRun, Runs},
		{"pipx", "install|upgrade-all", ecosystem.PyPI, "--python --index-url -i --pip-args --suffix --preinstall --spec", readPip, 0},
		{"pipx", "run", ecosystem.PyPI, "--python --index-url -i --pip-args --spec --with", readPipxRun, Runs},
		{"pipx", "inject", ecosystem.PyPI, "--index-url -i --pip-args -r", readPipxInject, 0},
		{"pipx", "runpip", ecosystem.PyPI, pipValues, readRunpip, 0},
		{"poetry pdm rye pipenv", "add|self add|install", ecosystem.PyPI, poetryValues, readPoetry, 0},
		{"easy_install", "", ecosystem.PyPI, "-i --index-url -f -d --install-dir", readPip, 0},
		{"pixi", "add|global install", ecosystem.Conda, "-c --channel -p --platform -f --feature -e --environment --manifest-path", readConda, 0},
		{"conda mamba micromamba", "install|create|update", ecosystem.Conda, condaValues, readConda, 0},

		{"npm", "install|install-test|update|link", ecosystem.NPM, npmValues, readNpm, 0},
		{"npm", "exec", ecosystem.NPM, npmValues + " -p", readNpx, Runs},
		{"npm", "init", ecosystem.NPM, npmValues, readCreate, Runs},
		{"pnpm", "create|init", ecosystem.NPM, pnpmValues, readCreate, Runs},
		{"yarn yarnpkg bun", "create|init", ecosystem.NPM, yarnValues + bunValues, readCreate, Runs},
		{"npx nlx", "", ecosystem.NPM, npmValues + " -p", readNpx, Runs},
		{"pnpx", "", ecosystem.NPM, pnpmValues + " --package -p", readNpx, Runs},
		{"bunx", "", ecosystem.NPM, bunValues + " --package -p", readNpx, Runs},
		{"pnpm", "dlx", ecosystem.NPM, pnpmValues + " --package -p", readNpx, Runs},
		{"yarn yarnpkg", "dlx", ecosystem.NPM, yarnValues + " --package -p", readNpx, Runs},
		{"bun", "x", ecosystem.NPM, bunValues + " --package -p", readNpx, Runs},
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
		{"go", "run", ecosystem.Golang, goValues + " -exec", readGoRun, Runs},
		{"go", "mod edit", ecosystem.Golang, "", readGoModEdit, 0},

		{"cargo", "add", ecosystem.Cargo, cargoValues, readPlain, 0},
		{"cargo", "install|binstall", ecosystem.Cargo, cargoValues, readPlain, 0},
		{"gem", "install|i|exec|fetch", ecosystem.Gem, "-v --version -s --source -n --bindir -i --install-dir -P --trust-policy", readPlain, 0},
		{"bundle", "add|plugin install", ecosystem.Gem, "-v --version -g --group -s --source --require --path --git --branch", readPlain, 0},
		{"composer composer.phar", "require|req|global require", ecosystem.Composer, "--working-dir -d", readComposer, 0},
		{"composer composer.phar", "create-project", ecosystem.Composer, "--working-dir -d --repository --stability -s", readFirst, 0},
		{"dotnet", "add package|package add|tool install|tool update|tool exec|new install", ecosystem.NuGet, "-v --version -f --framework -s --source --package-directory --project --tool-path --configfile --add-source", readFirst, 0},
		{"dnx", "", ecosystem.NuGet, "--version --source", readFirst, Runs},
		{"Install-Package", "", ecosystem.NuGet, "-Version -Source -ProjectName", readFirst, 0},
		{"nuget paket", "install|add", ecosystem.NuGet, "-Version -Source -OutputDirectory --version", readFirst, 0},
		{"dart flutter", "pub add|pub global activate", ecosystem.Pub, "--hosted-url --git-url --git-ref --git-path --path --sdk --directory -C --source -s", readPub, 0},
		{"mix", "archive.install hex|escript.install hex|igniter.install", ecosystem.Hex, "", readFirst, 0},
	}
}

// commandReader turns the words of commands into references.
type commandReader struct {
	table []command
	emit  func(Reference)
	flags Flags
	shell func(w word) // a word that is a command line itself
	depth int
	guess bool // a program that nothing is known of may run the command among its words

	full   func() bool            // no more references are taken
	unread func(w word)           // a name that only the shell knows
	deep   func()                 // commands in one another were not all read
	told   bool                   // it was said of this command
	set    func(name string) bool // the script assigns a variable itself

	code    func(w word)                  // a word that is code of a language that is not read
	input   []word                        // what the command reads from its standard input; nil: the text does not say it
	include func(w word, constraint bool) // a word that names a list of requirements
	file    func(w word, name string)     // a word that is the text of a file of that name
	made    func(w word) ([]word, bool)   // what the command in a word <(…) writes, as far as the text says it
}

func (c *commandReader) reference(r Reference) {
	r.Flags |= c.flags
	r.Kind = Command
	if r.Name == "" || r.Span.Start >= r.Span.End {
		return
	}
	if r.From == FromRegistry && ecosystem.Markup(r.Name) {
		if at := strings.IndexByte(r.Name, '$'); at >= 0 {
			c.tell(word{text: r.Name, offs: []int{r.Span.Start}, hole: r.Name[at:]})
		}
		return
	}
	if strings.Contains(r.Constraint, "$") {
		r.Constraint = ""
	}
	c.emit(r)
}

// pip reads one word as a Python requirement.
func (c *commandReader) pip(w word, flags Flags, index string) {
	if w.hole != "" && !strings.Contains(w.text, "$") {
		c.tell(w) // it may be another one
	}
	t := w.text
	if t == "" || t == "." || isPathOrURL(t) || strings.HasPrefix(t, "-") {
		return
	}
	if strings.ContainsAny(t[:1], "$<{[") {
		c.tell(w)
		return
	}
	if r, ok := directReference(w); ok {
		r.Flags |= flags
		c.reference(r)
		return
	}
	constraintAt := ""
	if i := strings.IndexAny(t, "@^"); i > 0 && !strings.Contains(t, " @") && !strings.Contains(t, "==") && !strings.Contains(t[:i], "[") || i > 0 && t[i-1] == ']' {
		constraintAt = t[i:]
		t = t[:i]
	}
	req, ok := ParsePEP508(t)
	if !ok || strings.Contains(req.Name, "$") {
		c.tell(w)
		return
	}
	r := req.Reference(0, Command)
	if constraintAt != "" {
		r.Constraint = strings.TrimPrefix(constraintAt, "@")
	}
	if r.Constraint == "" && w.raw != "" {
		r.Constraint = w.raw
	}
	r.Span = w.span(req.Start, req.End)
	r.Flags |= flags
	r.Index = index
	if nextIsHole(t, req.End) {
		c.tell(w)
		return
	}
	c.reference(r)
}

// nextIsHole: "pkg$X" is not a name.
func nextIsHole(t string, end int) bool { return end < len(t) && t[end] == '$' }

func readPip(c *commandReader, cmd *command, words []word) {
	var flags Flags
	index := ""
	list := args(words, cmd)
	for _, a := range list {
		switch a.flag {
		case "-i", "--index-url", "--default-index", "--index":
			if a.value != nil {
				index = a.value.text
			}
		case "--dev", "-D":
			flags |= Dev
		default:
			c.listOf(cmd, a)
		}
	}
	for _, a := range list {
		if a.flag == "" {
			c.pip(a.word, cmd.flags|flags, index)
		}
	}
}

func commaWords(w *word) []word {
	var out []word
	at := 0
	for _, part := range strings.Split(w.text, ",") {
		out = append(out, w.sub(at, at+len(part)))
		at += len(part) + 1
	}
	return out
}

func readUVTool(c *commandReader, cmd *command, words []word) {
	first := true
	for _, a := range args(words, cmd) {
		switch {
		case a.flag == "--with" && a.value != nil:
			for _, w := range commaWords(a.value) {
				c.pip(w, cmd.flags, "")
			}
		case a.flag == "" && first:
			first = false
			c.pip(a.word, cmd.flags, "")
		default:
			c.listOf(cmd, a)
		}
	}
}

func readUVX(c *commandReader, cmd *command, words []word) {
	from := false
	for _, a := range args(words, cmd) {
		switch {
		case (a.flag == "--with" || a.flag == "--from") && a.value != nil:
			from = from || a.flag == "--from"
			for _, w := range commaWords(a.value) {
				c.pip(w, cmd.flags, "")
			}
		case a.flag == "":
			if !from {
				c.pip(a.word, cmd.flags, "")
			}
			c.ran(a.word, words)
			return // the rest are its arguments
		default:
			c.listOf(cmd, a)
		}
	}
}

func readUVRun(c *commandReader, cmd *command, words []word) {
	for _, a := range args(words, cmd) {
		if a.flag == "--with" && a.value != nil {
			for _, w := range commaWords(a.value) {
				c.pip(w, cmd.flags, "")
			}
		}
		c.listOf(cmd, a)
		if a.flag == "" {
			for k := range words {
				if words[k].end == a.word.end {
					c.words(words[k:])
					return
				}
			}
		}
	}
}

// ran reads what a package manager is told that another one runs: "uvx pip
// install x".
func (c *commandReader) ran(first word, words []word) {
	tool, _ := CutVersion(first.text)
	if !managers[tool] {
		return
	}
	for k := range words {
		if words[k].end == first.end {
			c.nested(append([]word{words[k].sub(0, len(tool))}, words[k+1:]...))
			return
		}
	}
}

func readPipxRun(c *commandReader, cmd *command, words []word) {
	spec := false
	for _, a := range args(words, cmd) {
		switch {
		case a.flag == "--spec" && a.value != nil:
			spec = true
			c.pip(*a.value, cmd.flags, "")
		case a.flag == "":
			if !spec {
				c.pip(a.word, cmd.flags, "")
			}
			c.ran(a.word, words)
			return
		}
	}
}

func readPipxInject(c *commandReader, cmd *command, words []word) {
	first := true
	for _, a := range args(words, cmd) {
		if a.flag != "" {
			c.listOf(cmd, a)
			continue
		}
		if !first {
			c.pip(a.word, cmd.flags, "")
		}
		first = false
	}
}

func readRunpip(c *commandReader, cmd *command, words []word) {
	if len(words) > 1 && (words[1].text == "install" || words[1].text == "download") {
		readPip(c, cmd, words[2:])
	}
}

func readPoetry(c *commandReader, cmd *command, words []word) {
	flags := cmd.flags
	list := args(words, cmd)
	for _, a := range list {
		switch a.flag {
		case "-D", "--dev", "-d":
			flags |= Dev
		case "-G", "--group":
			if a.value != nil && a.value.text != "main" {
				flags |= Dev
			}
		case "-r", "--requirements":
			c.listOf(cmd, a)
		case "--git", "--path", "--url":
			return
		}
	}
	for _, a := range list {
		if a.flag == "" {
			c.pip(a.word, flags, "")
		}
	}
}

func readConda(c *commandReader, cmd *command, words []word) {
	list := args(words, cmd)
	for _, a := range list {
		if a.flag == "--pypi" {
			readPip(c, &command{programs: cmd.programs, eco: ecosystem.PyPI, values: cmd.values}, words)
			return
		}
	}
	for _, a := range list {
		if a.flag != "" || isPathOrURL(a.word.text) {
			continue
		}
		t := a.word.text
		start := 0
		if i := strings.Index(t, "::"); i >= 0 {
			start = i + 2
		}
		end := len(t)
		if i := strings.IndexAny(t[start:], "=<>! "); i >= 0 {
			end = start + i
		}
		c.reference(Reference{Ecosystem: cmd.eco, Name: t[start:end], Constraint: t[end:], Span: a.word.span(start, end), Flags: cmd.flags})
	}
}

// npm reads one word as npm reads what it installs. What does not come from a
// registry is listed if it has a name.
func (c *commandReader) npm(w word, eco ecosystem.Ecosystem, flags Flags, index string) {
	if w.hole != "" && !strings.Contains(w.text, "$") {
		c.tell(w) // it may be another one
	}
	end := len(strings.TrimRight(w.text, ","))
	t := w.text[:end]
	at := 0
	if strings.HasPrefix(t, "npm:") {
		at = len("npm:")
	} else if strings.HasPrefix(t, "jsr:") {
		at, eco = len("jsr:"), ecosystem.JSR
	}
	for _, from := range []int{0, strings.IndexByte(t[min(1, len(t)):], '@') + 2} { // the address alone, or behind x@
		if name, n, ok := NPMArchive(t[min(from, len(t)):]); ok {
			c.reference(Reference{Ecosystem: eco, Name: name, Span: w.span(from+n, from+n+len(name)), Flags: flags, Index: index})
			return
		}
	}
	name, spec := npmWord(t[at:])
	if k := strings.IndexAny(name, "<>=^~"); k > 0 && spec == "" && IsAlnum(name[k-1]) {
		// npm refuses it, and means no other package: x>=1 is written x@>=1.
		name, spec = name[:k], name[k:]
	}
	for _, p := range []string{"npm:", "jsr:"} { // alias@npm:real@range
		if rest, ok := strings.CutPrefix(spec, p); ok && name != "" {
			at = end - len(rest)
			if p == "jsr:" {
				eco = ecosystem.JSR
			}
			name, spec = npmWord(rest)
		}
	}
	if strings.Contains(name, "$") || name == "" && strings.HasPrefix(t[at:], "$") {
		c.tell(w)
		return
	}
	if name == "" || strings.ContainsAny(name[:1], "<{[.~/") || strings.ContainsAny(name, ": ") || strings.HasPrefix(name, "@") && !strings.Contains(name, "/") {
		return
	}
	r := Reference{Ecosystem: eco, Name: name, Span: w.span(at, at+len(name)), Flags: flags, Index: index}
	if r.From, r.Constraint = npmSpecFrom(spec); r.From == FromRegistry && tarball(spec) {
		r.From, r.Constraint = FromPath, ""
	}
	c.reference(r)
}

// npmWord cuts a word into a name and what is asked of it, as npm does: what is
// an address, a path or a file has no name.
func npmWord(t string) (name, spec string) {
	at := -1
	if len(t) > 1 {
		at = strings.IndexByte(t[1:], '@') + 1
	}
	name = t
	if at > 0 {
		name, spec = t[:at], t[at+1:]
	}
	scheme, _, ok := strings.Cut(t, ":")
	if ok && strings.Trim(strings.TrimPrefix(scheme, "git+"), "abcdefghijklmnopqrstuvwxyz") == "" {
		return "", t
	}
	if user, host, ok := strings.Cut(t, "@"); ok && user != "" { // git@host.org:u/r
		if h, _, ok := strings.Cut(host, ":"); ok && strings.Contains(h, ".") && !strings.ContainsAny(h, "/") && strings.IndexByte(h, '.') > 0 && !strings.HasPrefix(t, "@") {
			return "", t
		}
	}
	if !strings.HasPrefix(name, "@") && (strings.Contains(name, "/") || tarball(name)) {
		return "", t
	}
	return name, spec
}

func tarball(s string) bool {
	return strings.HasSuffix(s, ".tgz") || strings.HasSuffix(s, ".tar.gz") || strings.HasSuffix(s, ".tar")
}

func npmFlags(list []arg) (flags Flags, index string) {
	for _, a := range list {
		switch a.flag {
		case "-D", "--save-dev", "--dev", "-d":
			flags |= Dev
		case "-O", "--save-optional":
			flags |= Optional
		case "--registry":
			if a.value != nil {
				index = a.value.text
			}
		}
	}
	return flags, index
}

// global marks what is read until the function that it gives is called.
func (c *commandReader) global() func() {
	emit := c.emit
	c.emit = func(r Reference) {
		r.Scope = GlobalScope
		emit(r)
	}
	return func() { c.emit = emit }
}

// readNpmGlobal reads a command that installs outside of any project: what that
// calls its own is nothing to it.
func readNpmGlobal(c *commandReader, cmd *command, words []word) {
	defer c.global()()
	readNpm(c, cmd, words)
}

func readNpm(c *commandReader, cmd *command, words []word) {
	list := args(words, cmd)
	for _, a := range list {
		switch {
		case a.flag == "-g", a.flag == "--global" && (a.value == nil || a.value.text != "false"), a.flag == "--location" && a.value != nil && a.value.text == "global":
			defer c.global()()
		}
	}
	flags, index := npmFlags(list)
	for _, a := range list {
		if a.flag == "" {
			c.npm(a.word, cmd.eco, cmd.flags|flags, index)
		}
	}
}

func readNpx(c *commandReader, cmd *command, words []word) {
	list := args(words, cmd)
	packages := false
	_, index := npmFlags(list)
	for _, a := range list {
		switch {
		case (a.flag == "-p" || a.flag == "--package") && a.value != nil:
			packages = true
			c.npm(*a.value, cmd.eco, cmd.flags, index)
		case (a.flag == "-c" || a.flag == "--call") && a.value != nil:
			// It runs what is installed, or what --package says: its first word is
			// no package by itself.
			c.line(*a.value)
		case a.flag == "":
			if packages {
				return
			}
			if tool, _ := CutVersion(a.word.text); tool == "jsr" || tool == "expo" || tool == "npm" || tool == "pnpm" || tool == "yarn" || tool == "bun" || tool == "ni" {
				for k := range words {
					if words[k].end == a.word.end {
						c.nested(append([]word{words[k].sub(0, len(tool))}, words[k+1:]...))
						break
					}
				}
			}
			c.npm(a.word, cmd.eco, cmd.flags, index)
			return // the rest are its arguments
		}
	}
}

// readCreate reads "npm create x", which runs the package create-x.
func readCreate(c *commandReader, cmd *command, words []word) {
	for _, a := range args(words, cmd) {
		if a.flag != "" {
			continue
		}
		t := a.word.text
		if t == "" || strings.ContainsAny(t[:1], "./$<{[") || strings.Contains(t, ":") {
			return
		}
		name, constraint := CutVersion(t)
		real := "create-" + name
		if strings.HasPrefix(name, "@") {
			scope, pkg, ok := strings.Cut(name, "/")
			real = scope + "/create"
			if ok {
				real = scope + "/create-" + pkg
			}
		} else if strings.Contains(name, "/") {
			return // a GitHub template
		}
		if ecosystem.Markup(name) {
			return
		}
		c.reference(Reference{Ecosystem: ecosystem.NPM, Name: real, Constraint: constraint, Span: a.word.span(0, len(name)), Flags: cmd.flags})
		return
	}
}

func readDeno(c *commandReader, cmd *command, words []word) {
	for _, a := range args(words, cmd) {
		if a.flag != "" {
			continue
		}
		if strings.HasPrefix(a.word.text, "npm:") || strings.HasPrefix(a.word.text, "jsr:") {
			c.npm(a.word, cmd.eco, cmd.flags, "")
		}
	}
}

// golang reads one word as an import path.
func (c *commandReader) golang(w word, flags Flags) {
	if w.hole != "" && !strings.Contains(w.text, "$") {
		c.tell(w) // it may be another one
	}
	name, version, _ := strings.Cut(w.text, "@")
	first, _, _ := strings.Cut(name, "/")
	if strings.Contains(name, "$") && !isPathOrURL(name) && !strings.HasSuffix(name, ".go") {
		c.tell(w)
	}
	if version == "none" || !strings.Contains(first, ".") || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "/") || strings.HasSuffix(name, ".go") || strings.Contains(name, "...") && strings.HasPrefix(name, "./") || strings.Contains(name, "$") {
		return
	}
	name = strings.TrimSuffix(name, "/...")
	c.reference(Reference{Ecosystem: ecosystem.Golang, Name: name, Constraint: version, Span: w.span(0, len(name)), Flags: flags})
}

func readGo(c *commandReader, cmd *command, words []word) {
	for _, a := range args(words, cmd) {
		if a.flag == "" {
			c.golang(a.word, cmd.flags)
		}
	}
}

func readGoRun(c *commandReader, cmd *command, words []word) {
	for _, a := range args(words, cmd) {
		if a.flag == "" {
			if strings.Contains(a.word.text, "@") || strings.Contains(a.word.text, ".") {
				c.golang(a.word, cmd.flags)
			}
			return
		}
	}
}

func readGoModEdit(c *commandReader, cmd *command, words []word) {
	for _, a := range args(words, cmd) {
		if (a.flag == "-require" || a.flag == "--require") && a.value != nil {
			c.golang(*a.value, cmd.flags)
		}
	}
}

// readPlain reads names with an optional version: cargo, gem, bundle.
func readPlain(c *commandReader, cmd *command, words []word) {
	list := args(words, cmd)
	var flags Flags
	var from From
	version, index := "", ""
	names := 0
	for _, a := range list {
		switch a.flag {
		case "--git":
			from = FromGit
		case "--path":
			from = FromPath
		case "--dev":
			flags |= Dev
		case "--version", "--vers", "-v":
			if a.value != nil {
				version = a.value.text
			}
		case "--registry", "--index", "--source", "-s":
			if a.value != nil {
				index = a.value.text
			}
		case "-g", "--group":
			if a.value != nil && (a.value.text == "test" || a.value.text == "development") {
				flags |= Dev
			}
		case "":
			names++
		}
	}
	for _, a := range list {
		if a.flag != "" || isPathOrURL(a.word.text) || strings.HasPrefix(a.word.text, "+") || strings.HasSuffix(a.word.text, ".gem") {
			continue
		}
		t := a.word.text
		end := len(t)
		constraint := ""
		if i := strings.IndexAny(t, "@:"); i > 0 {
			end, constraint = i, t[i+1:]
		} else if names == 1 {
			constraint = version
		}
		c.reference(Reference{Ecosystem: cmd.eco, Name: t[:end], Constraint: constraint, Span: a.word.span(0, end), Flags: cmd.flags | flags, From: from, Index: index})
	}
}

func readComposer(c *commandReader, cmd *command, words []word) {
	list := args(words, cmd)
	var flags Flags
	for _, a := range list {
		if a.flag == "--dev" {
			flags |= Dev
		}
	}
	for i, a := range list {
		t := a.word.text
		if a.flag != "" || !strings.Contains(t, "/") || isPathOrURL(t) {
			continue
		}
		end := len(t)
		constraint := ""
		if k := strings.IndexAny(t, ":= "); k > 0 {
			end, constraint = k, strings.TrimSpace(t[k+1:])
		} else if i+1 < len(list) && list[i+1].flag == "" && !strings.Contains(list[i+1].word.text, "/") {
			constraint = list[i+1].word.text
		}
		c.reference(Reference{Ecosystem: cmd.eco, Name: t[:end], Constraint: constraint, Span: a.word.span(0, end), Flags: cmd.flags | flags})
	}
}

// readFirst reads the first plain word: a name with an optional version.
func readFirst(c *commandReader, cmd *command, words []word) {
	list := args(words, cmd)
	version := ""
	for _, a := range list {
		if (a.flag == "--version" || a.flag == "-v" || a.flag == "-Version") && a.value != nil {
			version = a.value.text
		}
	}
	for _, a := range list {
		if a.flag != "" {
			continue
		}
		t := a.word.text
		end := len(t)
		constraint := version
		if i := strings.Index(t, "::"); i > 0 {
			end, constraint = i, t[i+2:]
		} else if i := strings.IndexByte(t, '@'); i > 0 {
			end, constraint = i, t[i+1:]
		}
		if !isPathOrURL(t) {
			c.reference(Reference{Ecosystem: cmd.eco, Name: t[:end], Constraint: constraint, Span: a.word.span(0, end), Flags: cmd.flags})
		}
		return
	}
}

func readPub(c *commandReader, cmd *command, words []word) {
	for _, a := range args(words, cmd) {
		t := a.word.text
		if a.flag != "" || isPathOrURL(t) {
			continue
		}
		start := 0
		var flags Flags
		for _, p := range []string{"dev:", "override:"} {
			if strings.HasPrefix(t, p) {
				start = len(p)
				if p == "dev:" {
					flags = Dev
				}
			}
		}
		end, constraint := len(t), ""
		if i := strings.IndexByte(t[start:], ':'); i >= 0 {
			end, constraint = start+i, t[start+i+1:]
		}
		var from From
		if strings.Contains(constraint, "git") {
			from, constraint = FromGit, ""
		} else if strings.Contains(constraint, "path") {
			from, constraint = FromPath, ""
		}
		c.reference(Reference{Ecosystem: cmd.eco, Name: t[start:end], Constraint: constraint, Span: a.word.span(start, end), Flags: cmd.flags | flags, From: from})
	}
}
