package shell

import (
	"maps"
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// Tools take options from variables: PIP_INDEX_URL is --index-url of pip,
// npm_config_package is --package of npm. What such a variable names counts like
// the option, and an exported one for every command behind it.

// environment holds the variables that commands take options from, by the
// option that each stands for: "pip --index-url".
type environment map[string]Word

// maxValue bounds what of a value is carried on to later commands.
const maxValue = 500

// carried are the options that count for later commands. The others name what is
// read where the variable is set.
const carried = "--index-url --pypi-url --extra-index-url --index --default-index --find-links --no-index --pypi-mirror --registry --package --call --global --location --goproxy"

// variableOption gives the tool and the option that a variable stands for; empty:
// none.
//
// Documentation: https://pip.pypa.io/en/stable/topics/configuration/#environment-variables,
// https://docs.astral.sh/uv/reference/environment/ and
// https://docs.npmjs.com/cli/v11/using-npm/config#environment-variables
func variableOption(name string) (tool, option string) {
	switch name {
	case "YARN_NPM_REGISTRY_SERVER", "YARN_REGISTRY", "yarn_registry":
		return "yarn", "--registry"
	case "BUN_CONFIG_REGISTRY":
		return "bun", "--registry"
	case "COREPACK_NPM_REGISTRY":
		return "corepack", "--registry"
	case "PIPENV_PYPI_MIRROR":
		return "pipenv", "--pypi-mirror"
	case "PDM_PYPI_URL":
		return "pdm", "--index-url"
	case "GOPROXY":
		return "go", "--goproxy"
	case "CARGO_REGISTRY_DEFAULT":
		return "cargo", "--registry"
	}
	for _, p := range []struct{ prefix, tool string }{{"npm_config_", "npm"}, {"pnpm_config_", "pnpm"}} {
		if len(name) > len(p.prefix) && strings.EqualFold(name[:len(p.prefix)], p.prefix) {
			return p.tool, "--" + strings.ReplaceAll(strings.ToLower(name[len(p.prefix):]), "_", "-")
		}
	}
	for _, p := range []struct{ prefix, tool string }{{"PIP_", "pip"}, {"UV_", "uv"}} {
		if rest, ok := strings.CutPrefix(name, p.prefix); ok && rest != "" {
			return p.tool, "--" + strings.ReplaceAll(strings.ToLower(rest), "_", "-")
		}
	}
	return "", ""
}

// hears reports whether a command takes options from the variables of a tool.
func (cmd *command) hears(tool string) bool {
	first, _, _ := strings.Cut(cmd.programs, " ")
	switch tool {
	case "pip":
		return cmd.eco == ecosystem.PyPI && first != "uv" && first != "uvx"
	case "uv":
		return first == "uv" || first == "uvx"
	case "npm":
		return cmd.eco == ecosystem.NPM && first != "deno"
	case "pnpm":
		return first == "pnpm" || first == "pnpx"
	case "bun":
		return first == "bun" || first == "bunx" || hasWord(cmd.programs, "bun")
	}
	return hasWord(cmd.programs, tool)
}

// shortened makes a word short enough to be carried.
func shortened(w Word) Word {
	if len(w.Text) > maxValue {
		w = w.sub(0, maxValue)
	}
	return w
}

// sets notes that a variable has a value from here on, and reads what it names.
func (c *Reader) sets(name string, w Word) {
	if c.environ(name, w) {
		c.names(name, w)
	}
}

// environ puts a variable into the environment. ok is false for one that no tool
// takes options from.
func (c *Reader) environ(name string, w Word) (ok bool) {
	tool, option := variableOption(name)
	if tool == "" {
		return programVariable(name)
	}
	if !listed(carried, option) {
		return true
	}
	env := maps.Clone(c.env)
	if env == nil {
		env = environment{}
	}
	key := tool + " " + option
	if w.Text == "" || len(w.offs) == 0 {
		delete(env, key)
	} else {
		env[key] = shortened(w)
	}
	c.env = env
	return true
}

// programVariable reports whether a variable names what a program runs.
func programVariable(name string) bool {
	switch name {
	case "NODE_OPTIONS", "BUN_OPTIONS", "PYTHONSTARTUP", "BASH_ENV", "ENV":
		return true
	}
	return false
}

// names reads what the value of a variable names: lists, packages, code.
func (c *Reader) names(name string, w Word) {
	if len(w.offs) == 0 || w.Text == "" {
		return
	}
	switch name {
	case "NODE_OPTIONS":
		c.nodeOptions(w)
		return
	case "BUN_OPTIONS":
		c.preload("bun", fields(w))
		return
	case "PYTHONSTARTUP":
		c.runFile(w, text.Python)
		return
	case "ENV":
		if strings.ContainsAny(w.Text, "/.") {
			c.runFile(w, text.Shell)
		}
		return
	case "BASH_ENV":
		c.runFile(w, text.Shell)
		return
	}
	tool, option := variableOption(name)
	_, index := c.route(&command{programs: tool, eco: ecosystem.NPM}, nil)
	switch {
	case tool == "pip" || tool == "uv":
		cmd := &command{programs: tool, eco: ecosystem.PyPI}
		for _, f := range fields(w) {
			c.listOf(cmd, arg{flag: option, value: &f})
			if option == "--with" {
				for _, x := range commaWords(&f) {
					c.pip(x, extract.Runs, "")
				}
			}
		}
	case tool != "npm" && tool != "pnpm":
	case option == "--package":
		for _, f := range fields(w) {
			c.npm(f, ecosystem.NPM, extract.Runs, index)
		}
	case option == "--call":
		c.line(w)
	case option == "--node-options":
		c.nodeOptions(w)
	case option == "--init-module":
		c.runFile(w, text.JavaScript)
	}
}

func (c *Reader) runFile(w Word, lang text.Lang) {
	if c.run != nil {
		c.run(w, lang)
	}
}

// assignments reads the variables that words set: env A=b, docker run -e A=b. It
// gives a function that takes them back.
func (c *Reader) assignments(ws []Word) func() {
	before := c.env
	for i, w := range ws {
		switch {
		case isAssignment(w.Text):
			at := strings.IndexByte(w.Text, '=')
			c.sets(w.Text[:at], w.sub(at+1, len(w.Text)))
		case i > 0 && ws[i-1].Text == "-u": // env -u A
			c.environ(w.Text, Word{})
		case i > 0 && (w.Text == "-i" || w.Text == "-") && program(ws[i-1].Text) == "env":
			c.env = nil
		}
	}
	return func() { c.env = before }
}

// heard puts the options that a command takes from variables before its words.
func (c *Reader) heard(cmd *command, words []Word) []Word {
	var before []Word
	for _, key := range []string{"npm --package", "npm --call", "npm --global", "npm --location"} {
		w, ok := c.env[key]
		tool, option, _ := strings.Cut(key, " ")
		if !ok || !cmd.hears(tool) || cmd.eco == ecosystem.NPM && !hasWord(cmd.programs, "npm") && !hasWord(cmd.programs, "npx") {
			continue
		}
		flag := Word{Text: option + "=", end: w.end}
		for range flag.Text {
			flag.offs = append(flag.offs, w.offs[0])
		}
		before = append(before, joined(flag, w))
	}
	if before == nil {
		return words
	}
	return append(before, words...)
}

// route says where a command takes names from: the index that its options or
// variables name, the last one for all, and whether others are asked beside it.
func (c *Reader) route(cmd *command, words []Word) (others bool, index string) {
	take := func(option string, v *Word) {
		switch option {
		case "-i", "--index-url", "--pypi-url", "--default-index", "--index", "--pypi-mirror":
			if cmd.eco == ecosystem.PyPI && v != nil {
				index = v.Text
			}
		case "--source":
			if cmd.eco == ecosystem.PyPI && hasWord(cmd.programs, "poetry") && v != nil {
				index = v.Text
			}
		case "--extra-index-url":
			others = others || cmd.eco == ecosystem.PyPI && v != nil && !ecosystem.PublicRegistry(ecosystem.PyPI, v.Text)
		case "-f", "--find-links":
			others = others || cmd.eco == ecosystem.PyPI && v != nil
		case "--no-index":
			if cmd.eco == ecosystem.PyPI && (v == nil || !falsy(v.Text)) {
				index = "--no-index"
			}
		case "--registry", "--reg":
			if cmd.eco == ecosystem.NPM && v != nil || cmd.eco == ecosystem.JSR && v != nil {
				index = v.Text
			}
		case "--goproxy":
			if cmd.eco == ecosystem.Golang && v != nil {
				index = goProxy(v.Text)
			}
		}
	}
	// In the order in which tools ask: the file of another tool first.
	for _, key := range []string{"npm --registry", "pnpm --registry", "yarn --registry", "bun --registry", "corepack --registry", "cargo --registry", "go --goproxy",
		"pip --pypi-url", "pip --index-url", "pip --extra-index-url", "pip --find-links", "pip --no-index", "pipenv --pypi-mirror", "pdm --index-url",
		"uv --index-url", "uv --default-index", "uv --index", "uv --extra-index-url", "uv --find-links", "uv --no-index"} {
		tool, option, _ := strings.Cut(key, " ")
		if w, ok := c.env[key]; ok && cmd.hears(tool) {
			take(option, &w)
			if tool == "cargo" && cmd.eco == ecosystem.Cargo {
				index = w.Text
			}
		}
	}
	if len(words) > 0 && (cmd.eco == ecosystem.PyPI || cmd.eco == ecosystem.NPM || cmd.eco == ecosystem.JSR) {
		for _, a := range argsBefore(words, cmd, cmd.flags.Has(extract.Runs)) {
			take(a.flag, a.value)
		}
	}
	return others, index
}

func falsy(s string) bool {
	switch strings.ToLower(s) {
	case "0", "n", "no", "f", "false", "off":
		return true
	}
	return false
}

// goProxy gives the first proxy of GOPROXY that is not the public one; empty:
// modules come from there, or from where they lie.
func goProxy(s string) string {
	for _, p := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '|' }) {
		if p = strings.TrimSpace(p); p != "direct" && p != "off" && !ecosystem.PublicRegistry(ecosystem.Golang, p) {
			return p
		}
	}
	return ""
}
