package pypi

import (
	"path"
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/pypi/pep508"
	"figment/scanner/extract"
	"figment/scanner/extract/shell"
	"figment/scanner/text"
)

// commands are the tools of Python and Conda, and the programs that run Python.
func commands() *shell.Tools {
	return &shell.Tools{
		Ecosystem: ecosystem.PyPI,
		Commands: []shell.Command{
			{Programs: "pip", Subs: "install|download|wheel", Ecosystem: ecosystem.PyPI, Values: pipValues + " -d -w", Read: readPip, Switches: pipSwitches},
			{Programs: "uv", Subs: "pip install", Ecosystem: ecosystem.PyPI, Values: uvPipValues, Read: readPip},
			{Programs: "uv", Subs: "pip sync|pip compile", Ecosystem: ecosystem.PyPI, Values: uvPipValues + " -o --output-file --format --annotation-style --custom-compile-command --no-emit-package --unsafe-package", Read: readLists},
			{Programs: "pip-sync", Ecosystem: ecosystem.PyPI, Values: listValues, Read: readLists},
			{Programs: "pip-compile", Ecosystem: ecosystem.PyPI, Values: listValues, Read: readLists},
			{Programs: "uv", Subs: "add", Ecosystem: ecosystem.PyPI, Values: uvValues, Read: readPip},
			{Programs: "uv", Subs: "tool install", Ecosystem: ecosystem.PyPI, Values: uvValues + " -w --with --with-editable --with-executables-from", Read: readUVTool},
			{Programs: "uv", Subs: "tool run", Ecosystem: ecosystem.PyPI, Values: uvValues + " -w --with --with-editable --from", Read: readUVX, Flags: extract.Runs},
			{Programs: "uvx", Ecosystem: ecosystem.PyPI, Values: uvValues + " -w --with --with-editable --from", Read: readUVX, Flags: extract.Runs},
			{Programs: "uv", Subs: "run", Ecosystem: ecosystem.PyPI, Values: uvValues + " -w --with --with-editable --extra", Read: readUVRun, Flags: extract.Runs},
			{Programs: "pipx", Subs: "install|upgrade-all", Ecosystem: ecosystem.PyPI, Values: "--python --index-url -i --pip-args --suffix --preinstall --spec --skip", Read: readPip},
			{Programs: "pipx", Subs: "run", Ecosystem: ecosystem.PyPI, Values: "--python --index-url -i --pip-args --spec --with", Read: readPipxRun, Flags: extract.Runs},
			{Programs: "pipx", Subs: "inject", Ecosystem: ecosystem.PyPI, Values: "--index-url -i --pip-args -r", Read: readPipxInject},
			{Programs: "pipx", Subs: "runpip", Ecosystem: ecosystem.PyPI, Values: pipValues, Read: readRunpip},
			{Programs: "poetry pdm rye pipenv", Subs: "add|self add|install", Ecosystem: ecosystem.PyPI, Values: poetryValues, Read: readPoetry},
			{Programs: "easy_install", Ecosystem: ecosystem.PyPI, Values: "-i --index-url -f -d --install-dir", Read: readPip},
			{Programs: "pixi", Subs: "add|global install", Ecosystem: ecosystem.Conda, Values: "-c --channel -p --platform -f --feature -e --environment --manifest-path", Read: readConda},
			{Programs: "conda mamba micromamba", Subs: "install|create|update", Ecosystem: ecosystem.Conda, Values: condaValues, Read: readConda},
		},
		Managers: "pip python py uv uvx pipx poetry pdm rye pipenv conda mamba easy_install",
		Lines:    "pip pipx python py uv uvx poetry pdm rye pipenv hatch easy_install %pip !pip conda mamba micromamba pixi",
		Signs:    []string{"pip", "uv", "poetry", "pdm", "rye", "easy_install", "conda", "mamba", "pixi"},
		Verbs:    []string{"uvx", "inject", "download", "sync", "compile", "wheel"},
		Runs:     []string{"requirements", "python", "PIP_", "UV_", "PYTHON", "coverage"},
		Variables: &shell.Variables{
			Option:  variableOption,
			Hears:   hears,
			Carried: "--index-url --pypi-url --extra-index-url --index --default-index --find-links --no-index --pypi-mirror",
			Asked: []string{"pip --pypi-url", "pip --index-url", "pip --extra-index-url", "pip --find-links", "pip --no-index", "pipenv --pypi-mirror", "pdm --index-url",
				"uv --index-url", "uv --default-index", "uv --index", "uv --extra-index-url", "uv --find-links", "uv --no-index"},
			Take:  takeOption,
			Names: namesOf,
			Programs: map[string]func(*shell.Reader, shell.Word){
				"PYTHONSTARTUP": func(c *shell.Reader, w shell.Word) { c.RunFile(w, text.Python) },
			},
		},
		Module: runModule,
		Wrappers: []shell.Wrapper{
			{Programs: "poetry pdm pipenv hatch rye", Sub: "run", Managed: true},
			{Programs: "conda mamba micromamba", Sub: "run", Values: "-n -p --name --prefix"},
		},
		Runtimes: []shell.Runtime{
			{Programs: "python pypy py pythonw micropython jython", Lang: text.Python, Values: "-W -X --check-hash-based-pycs", Code: "-c", Without: true},
			{Programs: "ipython", Lang: text.IPython, Code: "-c", Without: true},
			{Programs: "coverage", Lang: text.Python, Values: "--rcfile --source --omit --include --concurrency --context --data-file --debug", Subs: "run"},
			{Programs: "uv", Lang: text.Python, Values: uvValues + " -w --with --with-editable", File: "-s --script --gui-script", Subs: "run", Command: true},
		},
	}
}

// variableOption gives the tool and the option that a variable stands for.
//
// Documentation: https://pip.pypa.io/en/stable/topics/configuration/#environment-variables
// and https://docs.astral.sh/uv/reference/environment/
func variableOption(name string) (tool, option string) {
	switch name {
	case "PIPENV_PYPI_MIRROR":
		return "pipenv", "--pypi-mirror"
	case "PDM_PYPI_URL":
		return "pdm", "--index-url"
	}
	for _, p := range []struct{ prefix, tool string }{{"PIP_", "pip"}, {"UV_", "uv"}} {
		if rest, ok := strings.CutPrefix(name, p.prefix); ok && rest != "" {
			return p.tool, "--" + strings.ReplaceAll(strings.ToLower(rest), "_", "-")
		}
	}
	return "", ""
}

// hears reports whether a command takes options from the variables of a tool.
func hears(cmd *shell.Command, tool string) bool {
	first, _, _ := strings.Cut(cmd.Programs, " ")
	switch tool {
	case "pip":
		return cmd.Ecosystem == ecosystem.PyPI && first != "uv" && first != "uvx"
	case "uv":
		return first == "uv" || first == "uvx"
	}
	return shell.HasWord(cmd.Programs, tool)
}

// takeOption reads an option that says where names come from.
func takeOption(cmd *shell.Command, rt *shell.Route, option string, v *shell.Word) {
	if cmd.Ecosystem != ecosystem.PyPI {
		return
	}
	switch option {
	case "-i", "--index-url", "--pypi-url", "--default-index", "--index", "--pypi-mirror":
		if v != nil {
			rt.Index = v.Text
		}
	case "--source":
		if shell.HasWord(cmd.Programs, "poetry") && v != nil {
			rt.Index = v.Text
		}
	case "--extra-index-url":
		rt.Others = rt.Others || v != nil && !ecosystem.PublicRegistry(ecosystem.PyPI, v.Text)
	case "-f", "--find-links":
		rt.Others = rt.Others || v != nil
	case "--no-index":
		if v == nil || !falsy(v.Text) {
			rt.Index = "--no-index"
		}
	}
}

func falsy(s string) bool {
	switch strings.ToLower(s) {
	case "0", "n", "no", "f", "false", "off":
		return true
	}
	return false
}

// namesOf reads what the value of a variable names.
func namesOf(c *shell.Reader, cmd *shell.Command, option, _ string, w shell.Word) {
	if cmd.Programs != "pip" && cmd.Programs != "uv" {
		return
	}
	for _, f := range shell.Fields(w) {
		listOf(c, cmd, shell.Arg{Flag: option, Value: &f})
		if option == "--with" {
			for _, x := range shell.CommaWords(&f) {
				pipName(c, x, extract.Runs, "")
			}
		}
	}
}

// The options that take a value: pip 23.2.1 (its option parser) and the options
// that 25.3 documents besides; else from the documentation of the tool: uv 0.12.5
// (crates/uv-cli/src/lib.rs), Poetry 2, PDM 2 (src/pdm/cli/options.py), pipenv
// (pipenv/cli/options.py), pipx (src/pipx/main.py), conda
// 26 (conda/cli/helpers.py). Whatever is not listed is a switch. pip knows a long
// flag by any beginning that no other one has.
const (
	pipValues = "-r --requirement -c --constraint -e --editable -t --target --platform --python-version --implementation --abi --root --prefix " +
		"--src --source --source-dir --source-directory --upgrade-strategy -C --config-settings --config-setting --global-option --build-option --install-option --no-binary --only-binary " +
		"--progress-bar --root-user-action --report -i --index-url --pypi-url --extra-index-url -f --find-links --python --log --log-file --local-log " +
		"--keyring-provider --proxy --retries --timeout --default-timeout --exists-action --trusted-host --cert --client-cert --cache-dir --use-feature " +
		"--use-deprecated --dest --destination-dir --destination-directory --wheel-dir --group --build-constraint --resume-retries --uploaded-prior-to " +
		"--requirements-from-script --all-releases --only-final --default-index --index"
	pipSwitches = "--no-deps --no-dependencies --pre --dry-run --user --no-user --upgrade --force-reinstall --ignore-installed --ignore-requires-python " +
		"--no-build-isolation --use-pep517 --no-use-pep517 --check-build-dependencies --break-system-packages --compile --no-compile " +
		"--no-warn-script-location --no-warn-conflicts --prefer-binary --require-hashes --no-clean --no-index --help --debug --isolated " +
		"--require-virtualenv --require-venv --verbose --version --quiet --no-input --no-cache-dir --disable-pip-version-check --no-color " +
		"--no-python-version-warning --no-verify"
	uvPipValues = pipValues + " " + uvCommon + " -p -b --build-constraints --constraints --requirements -o --override --overrides --excludes --torch-backend --python-platform --reinstall-package --no-build-isolation-package --extra --only-group --no-group"
	uvCommon    = "--index --default-index -i --index-url --extra-index-url -f --find-links -p --python --directory --project --config-file --cache-dir --color " +
		"--allow-insecure-host --trusted-host --index-strategy --keyring-provider --resolution --prerelease --fork-strategy --exclude-newer --exclude-newer-package " +
		"--link-mode -C --config-setting --config-settings --config-settings-package --no-build-isolation-package --upgrade-package -P --upgrade-group --refresh-package --reinstall-package " +
		"--no-binary-package --no-build-package --no-sources-package --no-editable-package --python-platform --torch-backend --python-fetch --python-preference --env-file " +
		"--preview-feature --preview-features --exclude --max-recursion-depth"
	uvValues = uvCommon + " --group --only-group --no-group --no-extra --optional --extra --script --tag --branch --rev --package --bounds --with-requirements " +
		"-c --constraint --constraints -b --build-constraint --build-constraints --override --overrides --excludes -r --requirement --requirements -m --marker --no-install-package"
	poetryValues = "-G --group --dev-group -e --editable --extras -E --source --python --platform --index --pypi-mirror -i --git --path --url --tag --features --rev --branch " +
		"--markers -P --project -C --directory --with --without --only -p -L --lockfile --categories -r --requirements --venv --config-setting --override -k --skip --extra-index-url --extra-pip-args"
	condaValues = "-c -n -p -f --file --channel --name --prefix --solver --subdir --platform --repodata-fn --experimental --environment-specifier --env-spec --clone --root-prefix --rc-file --log-level --category --console --exclude-newer --format"
)

// pipName reads one word as a Python requirement.
func pipName(c *shell.Reader, w shell.Word, flags extract.Flags, index string) {
	if w.Hole != "" && !strings.Contains(w.Text, "$") {
		c.Tell(w) // it may be another one
	}
	t := w.Text
	if t == "" || t == "." || extract.IsPathOrURL(t) || strings.HasPrefix(t, "-") {
		return
	}
	if strings.ContainsAny(t[:1], "$<{[") {
		c.Tell(w)
		return
	}
	if r, ok := directReference(w); ok {
		r.Flags |= flags
		c.Reference(r)
		return
	}
	constraintAt := ""
	if i := strings.IndexAny(t, "@^"); i > 0 && !strings.Contains(t, " @") && !strings.Contains(t, "==") && !strings.Contains(t[:i], "[") || i > 0 && t[i-1] == ']' {
		constraintAt = t[i:]
		t = t[:i]
	}
	req, ok := pep508.Parse(t)
	if !ok || strings.Contains(req.Name, "$") {
		c.Tell(w)
		return
	}
	r := req.Reference(0, extract.Command)
	if constraintAt != "" {
		r.Constraint = strings.TrimPrefix(constraintAt, "@")
	}
	if r.Constraint == "" && w.Raw != "" {
		r.Constraint = w.Raw
	}
	r.Span = w.Span(req.Start, req.End)
	r.Flags |= flags
	r.Index = index
	if nextIsHole(t, req.End) {
		c.Tell(w)
		return
	}
	c.Reference(r)
}

// nextIsHole: "pkg$X" is not a name.
func nextIsHole(t string, end int) bool { return end < len(t) && t[end] == '$' }

func readPip(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	var flags extract.Flags
	index := ""
	list := shell.Args(words, cmd)
	for _, a := range list {
		switch a.Flag {
		case "-i", "--index-url", "--default-index", "--index":
			if a.Value != nil {
				index = a.Value.Text
			}
		case "--dev", "-D":
			flags |= extract.Dev
		case "--preinstall": // of pipx
			if a.Value != nil {
				pipName(c, *a.Value, cmd.Flags, "")
			}
		default:
			listOf(c, cmd, a)
		}
	}
	for _, a := range list {
		if a.Flag == "" {
			pipName(c, a.Word, cmd.Flags|flags, index)
		}
	}
}

func readUVTool(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	first := true
	for _, a := range shell.Args(words, cmd) {
		switch {
		case (a.Flag == "--with" || a.Flag == "-w" || a.Flag == "--with-executables-from") && a.Value != nil:
			for _, w := range shell.CommaWords(a.Value) {
				pipName(c, w, cmd.Flags, "")
			}
		case a.Flag == "" && first:
			first = false
			pipName(c, a.Word, cmd.Flags, "")
		default:
			listOf(c, cmd, a)
		}
	}
}

func readUVX(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	from := false
	for _, a := range shell.Leading(words, cmd) {
		switch {
		case (a.Flag == "--with" || a.Flag == "-w" || a.Flag == "--from") && a.Value != nil:
			from = from || a.Flag == "--from"
			for _, w := range shell.CommaWords(a.Value) {
				pipName(c, w, cmd.Flags, "")
			}
		case a.Flag == "":
			if !from {
				pipName(c, a.Word, cmd.Flags, "")
			}
			ran(c, a.Word, words)
			return // the rest are its arguments
		default:
			listOf(c, cmd, a)
		}
	}
}

func readUVRun(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	for _, a := range shell.Leading(words, cmd) {
		if (a.Flag == "--with" || a.Flag == "-w") && a.Value != nil {
			for _, w := range shell.CommaWords(a.Value) {
				pipName(c, w, cmd.Flags, "")
			}
		}
		if a.Flag == "-m" && a.Value != nil { // a module, which begins the command
			c.InProject(shell.Behind(words, *a.Value))
			return
		}
		listOf(c, cmd, a)
		if a.Flag == "" {
			c.InProject(shell.Behind(words, a.Word))
			return
		}
	}
}

// ran reads what a package manager is told that another one runs: "uvx pip
// install x".
func ran(c *shell.Reader, first shell.Word, words []shell.Word) {
	tool, _ := extract.CutVersion(first.Text)
	if !c.Manager(tool) {
		return
	}
	if rest := shell.Behind(words, first); rest != nil {
		c.Nested(append([]shell.Word{rest[0].Sub(0, len(tool))}, rest[1:]...))
	}
}

func readPipxRun(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	spec := false
	for _, a := range shell.Leading(words, cmd) {
		switch {
		case a.Flag == "--spec" && a.Value != nil:
			spec = true
			pipName(c, *a.Value, cmd.Flags, "")
		case a.Flag == "--with" && a.Value != nil:
			pipName(c, *a.Value, cmd.Flags, "")
		case a.Flag == "":
			if !spec {
				pipName(c, a.Word, cmd.Flags, "")
			}
			ran(c, a.Word, words)
			return
		}
	}
}

func readPipxInject(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	first := true
	for _, a := range shell.Args(words, cmd) {
		if a.Flag != "" {
			listOf(c, cmd, a)
			continue
		}
		if !first {
			pipName(c, a.Word, cmd.Flags, "")
		}
		first = false
	}
}

func readRunpip(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	if len(words) > 1 && (words[1].Text == "install" || words[1].Text == "download") {
		readPip(c, cmd, words[2:])
	}
}

func readPoetry(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	flags := cmd.Flags
	list := shell.Args(words, cmd)
	for _, a := range list {
		switch a.Flag {
		case "-D", "--dev", "-d":
			flags |= extract.Dev
		case "-G", "--group":
			if a.Value != nil && a.Value.Text != "main" {
				flags |= extract.Dev
			}
		case "-r", "--requirements":
			listOf(c, cmd, a)
		case "--git", "--path", "--url":
			return
		}
	}
	for _, a := range list {
		if a.Flag == "" {
			pipName(c, a.Word, flags, "")
		}
	}
}

func readConda(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	list := shell.Args(words, cmd)
	for _, a := range list {
		if a.Flag == "--pypi" {
			readPip(c, &shell.Command{Programs: cmd.Programs, Ecosystem: ecosystem.PyPI, Values: cmd.Values, Switches: cmd.Switches}, words)
			return
		}
	}
	for _, a := range list {
		if a.Flag != "" || extract.IsPathOrURL(a.Word.Text) {
			continue
		}
		t := a.Word.Text
		start := 0
		if i := strings.Index(t, "::"); i >= 0 {
			start = i + 2
		}
		end := len(t)
		if i := strings.IndexAny(t[start:], "=<>! "); i >= 0 {
			end = start + i
		}
		c.Reference(extract.Reference{Ecosystem: cmd.Ecosystem, Name: t[start:end], Constraint: t[end:], Span: a.Word.Span(start, end), Flags: cmd.Flags})
	}
}

// directReference reads "name@git+https://…" and "name @ file:///…", which pip
// does not take from an index.
func directReference(w shell.Word) (extract.Reference, bool) {
	name, rest, ok := strings.Cut(w.Text, "@")
	if !ok {
		return extract.Reference{}, false
	}
	at := strings.TrimSpace(rest)
	from := extract.FromURL
	switch {
	case strings.HasPrefix(at, "git+"), strings.HasPrefix(at, "hg+"), strings.HasPrefix(at, "svn+"), strings.HasPrefix(at, "bzr+"), strings.HasPrefix(at, "git@"):
		from = extract.FromGit
	case strings.HasPrefix(at, "file:"), strings.HasPrefix(at, "./"), strings.HasPrefix(at, "../"), strings.HasPrefix(at, "/"):
		from = extract.FromPath
	case strings.Contains(at, "://"):
	default:
		return extract.Reference{}, false
	}
	req, ok := pep508.Parse(strings.TrimSpace(name))
	if !ok || req.Name == "" || strings.Contains(name, "$") {
		return extract.Reference{}, false
	}
	start := strings.Index(name, req.Name)
	return extract.Reference{Ecosystem: ecosystem.PyPI, Name: req.Name, Extras: req.Extras, From: from, Span: w.Span(start, start+len(req.Name))}, true
}

// listValues are the options of pip-sync and pip-compile that take a value.
const listValues = "-i --index-url --extra-index-url -f --find-links --trusted-host --cert --client-cert --config --pip-args --python-executable -a --max-rounds " +
	"-o --output-file -c --constraint --extra -P --upgrade-package --unsafe-package --resolver --newline --annotation-style --cache-dir --color --build-deps-for --group --only-binary --no-binary"

// listOf reads an option that names a list of requirements or of constraints.
func listOf(c *shell.Reader, cmd *shell.Command, a shell.Arg) {
	if a.Value == nil || cmd.Ecosystem != ecosystem.PyPI || isPylock(a.Value) {
		return
	}
	switch a.Flag {
	case "-r", "--requirement", "--requirements", "--with-requirements":
		c.Requirements(*a.Value)
		return
	case "-c":
		if !strings.HasPrefix(cmd.Programs, "pip") && cmd.Programs != "uv" {
			return // a channel of conda
		}
	case "-b":
		if cmd.Programs != "uv" {
			return
		}
	case "--constraint", "--constraints", "--build-constraint", "--build-constraints", "--override", "--overrides":
	default:
		return
	}
	c.Constraints(*a.Value)
}

// readLists reads the words of a command that are lists of requirements.
func readLists(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	for _, a := range shell.Args(words, cmd) {
		switch {
		case a.Flag != "":
			listOf(c, cmd, a)
		case !isPylock(&a.Word):
			c.Requirements(a.Word)
		}
	}
}

// isPylock reports whether a word names a lock file of PEP 751, which is no list.
// A name that is made at run time may be any.
func isPylock(w *shell.Word) bool {
	base := path.Base(w.Text)
	if w.Hole != "" && base == w.Text || strings.ContainsAny(base, "$%`{}<>") {
		return false
	}
	return strings.HasPrefix(base, "pylock.") && strings.HasSuffix(base, ".toml")
}

// runModule reads the module that python -m runs. One that runs in the environment
// of a project is declared there.
func runModule(c *shell.Reader, w shell.Word) {
	top, _, _ := strings.Cut(w.Text, ".")
	for i := range len(w.Text) {
		if ch := w.Text[i]; !extract.IsAlnum(ch) && ch != '_' && ch != '.' || i == 0 && ch <= '9' {
			return
		}
	}
	if top == "" {
		return
	}
	c.Import(extract.Reference{Ecosystem: ecosystem.PyPI, Name: top, Module: w.Text, Flags: extract.Dynamic | extract.Runs, Span: w.Span(0, len(w.Text))})
}
