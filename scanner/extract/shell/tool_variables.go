package shell

import (
	"maps"
	"strings"

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

// variable gives the tools, the tool and the option that a variable stands for;
// empty: none.
func (g *Grammar) variable(name string) (of *Tools, tool, option string) {
	for _, t := range g.tools {
		if v := t.Variables; v != nil {
			if tool, option = v.Option(name); tool != "" {
				return t, tool, option
			}
		}
	}
	return nil, "", ""
}

// shortened makes a word short enough to be carried.
func shortened(w Word) Word {
	if len(w.Text) > maxValue {
		w = w.Sub(0, maxValue)
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
	of, tool, option := c.g.variable(name)
	if tool == "" {
		return c.g.programVariable(name)
	}
	if !listed(of.Variables.Carried, option) {
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
func (g *Grammar) programVariable(name string) bool {
	return name == "BASH_ENV" || name == "ENV" || g.named(name) != nil
}

// named gives the reader of a variable that names what a program runs.
func (g *Grammar) named(name string) func(*Reader, Word) {
	for _, t := range g.tools {
		if v := t.Variables; v != nil && v.Programs[name] != nil {
			return v.Programs[name]
		}
	}
	return nil
}

// names reads what the value of a variable names: lists, packages, code.
func (c *Reader) names(name string, w Word) {
	if len(w.offs) == 0 || w.Text == "" {
		return
	}
	switch {
	case name == "ENV":
		if strings.ContainsAny(w.Text, "/.") {
			c.RunFile(w, text.Shell)
		}
		return
	case name == "BASH_ENV":
		c.RunFile(w, text.Shell)
		return
	}
	if read := c.g.named(name); read != nil {
		read(c, w)
		return
	}
	of, tool, option := c.g.variable(name)
	if tool == "" || of.Variables.Names == nil {
		return
	}
	cmd := &Command{Programs: tool, Ecosystem: of.Ecosystem, of: of}
	_, index := c.route(cmd, nil)
	of.Variables.Names(c, cmd, option, index, w)
}

// RunFile reads a word that names a file which is run as code.
func (c *Reader) RunFile(w Word, lang text.Lang) {
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
			c.sets(w.Text[:at], w.Sub(at+1, len(w.Text)))
		case i > 0 && ws[i-1].Text == "-u": // env -u A
			c.environ(w.Text, Word{})
		case i > 0 && (w.Text == "-i" || w.Text == "-") && program(ws[i-1].Text) == "env":
			c.env = nil
		}
	}
	return func() { c.env = before }
}

// heard puts the options that a command takes from variables before its words.
func (c *Reader) heard(cmd *Command, words []Word) []Word {
	if cmd.of == nil || cmd.of.Variables == nil || cmd.of.Variables.Before == nil {
		return words
	}
	var before []Word
	for _, key := range cmd.of.Variables.Before(cmd) {
		w, ok := c.env[key]
		if !ok {
			continue
		}
		_, option, _ := strings.Cut(key, " ")
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

// lower takes the variables that hold command lines out of the environment of what
// those run.
func (c *Reader) lower(cmd *Command) {
	if cmd.of == nil || cmd.of.Variables == nil {
		return
	}
	for _, key := range cmd.of.Variables.Lines {
		if _, ok := c.env[key]; ok {
			c.env = maps.Clone(c.env)
			delete(c.env, key)
		}
	}
}

// route says where a command takes names from: the index that its options or
// variables name, the last one for all, and whether others are asked beside it.
func (c *Reader) route(cmd *Command, words []Word) (others bool, index string) {
	if cmd.of == nil || cmd.of.Variables == nil {
		return false, ""
	}
	v := cmd.of.Variables
	var rt Route
	for _, key := range v.Asked {
		tool, option, _ := strings.Cut(key, " ")
		if w, ok := c.env[key]; ok && v.Hears(cmd, tool) {
			v.Take(cmd, &rt, option, &w)
		}
	}
	if len(words) > 0 {
		for _, a := range argsBefore(words, cmd, cmd.Flags.Has(extract.Runs)) {
			v.Take(cmd, &rt, a.Flag, a.Value)
		}
	}
	return rt.Others, rt.Index
}
