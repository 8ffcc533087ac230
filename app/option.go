package app

import (
	"slices"
	"strings"

	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/scanner/policy"
)

// A Kind says how an option's value is written.
type Kind uint8

// The kinds of options.
const (
	Text     Kind = iota
	Toggle        // true or false
	List          // repeatable, and separated by commas unless Raw
	Choice        // one of Values
	Duration      // as Go writes it, 1m30s; more than 0
	Size          // of bytes, 512KiB
	Number        // a whole number from 0
)

// An Option is one row of the table that makes the flag, the FIGMENT_ variable,
// the configuration key, the completion and the page docs/configuration.md.
type Option struct {
	Name     string
	Short    string // the flag of one letter; empty: none
	Kind     Kind
	Default  string
	Values   []string        // what may be chosen; completion offers them
	Words    func() []string // what completion offers where Values is not all that may be chosen; nil: nothing
	Commands string          // names of the commands that take it, separated by blanks; "*": all
	Group    string          // the heading of help, a Name of Groups
	Doc      string          // one line
	Arg      string          // how help names the value

	Bare     string           // the value of the flag when it is given without one
	Raw      bool             // List: commas belong to the value
	Config   bool             // may stand in configuration files
	UserOnly bool             // … but only in the user's own
	Strict   func(string) int // how strict a value is; a repository value more permissive than the default wants a reason, and one more permissive than the user's gives way
	NoEnv    bool             // has no variable: it belongs to one call
}

// A Group is a heading of help.
type Group struct{ Name, Title string }

// A Variable is an environment variable that is read without being an option.
// Name may hold several, separated by commas.
type Variable struct{ Name, Doc string }

// Options are the rows of the table that a command takes, in the order in which
// help shows them. An empty command means all rows. The rows are not to be
// changed.
func Options(command string) []*Option {
	var out []*Option
	for i := range options {
		if command == "" || options[i].Of(command) {
			out = append(out, &options[i])
		}
	}
	return out
}

// FindOption gives the row of an option for a command; nil if it takes no such
// option.
func FindOption(command, name string) *Option {
	for i := range options {
		if options[i].Name == name && options[i].Of(command) {
			return &options[i]
		}
	}
	return nil
}

// Groups are the headings of help, in order.
func Groups() []Group { return slices.Clone(groups) }

// Variables are the environment variables that are read besides those of the
// options.
func Variables() []Variable {
	var out []Variable
	for _, v := range variables {
		out = append(out, ofRegistries(v, adapter.Readers(all.Adapters()))...)
	}
	return out
}

// scanning are the commands that scan as figment scan does: they take its
// options of some groups, with exceptions.
var scanning = []struct{ name, groups, but string }{
	{"fix", "policy input network global", "stdin-filename lang require-input"},
	{"baseline", "input network global", "stdin-filename lang ecosystem no-source"},
}

// Takers are the commands that take o; none if all do.
func (o *Option) Takers() []string {
	if o.Commands == "*" {
		return nil
	}
	out := strings.Fields(o.Commands)
	if slices.Contains(out, "scan") && o.Group != "output" {
		for _, c := range scanning {
			if slices.Contains(strings.Fields(c.groups), o.Group) && !slices.Contains(strings.Fields(c.but), o.Name) && !slices.Contains(out, c.name) {
				out = append(out, c.name)
			}
		}
	}
	return out
}

// Of reports whether the command called name takes o.
func (o *Option) Of(name string) bool {
	return o.Commands == "*" || slices.Contains(o.Takers(), name)
}

// Argument is how the value of the flag is written behind its name.
func (o *Option) Argument() string {
	switch {
	case o.Arg == "":
		return ""
	case o.Bare != "":
		return "[=" + o.Arg + "]"
	}
	return " " + o.Arg
}

// Variable is the option's environment variable; empty if it has none.
func (o *Option) Variable() string {
	if o.NoEnv {
		return ""
	}
	return "FIGMENT_" + strings.ToUpper(strings.ReplaceAll(o.Name, "-", "_"))
}

// Keys are the options that may stand in a configuration file.
func Keys() []policy.Key {
	var out []policy.Key
	for i := range options {
		o := &options[i]
		if !o.Config {
			continue
		}
		k := policy.Key{Name: o.Name, UserOnly: o.UserOnly, Values: o.Values}
		if o.Strict != nil {
			k.Loosens = func(v string) bool { return o.Strict(v) < o.Strict(o.Default) }
		}
		out = append(out, k)
	}
	return out
}

// Strictness says how strict a value of the option is; nil if none is stricter
// than another. A Toggle that a configuration file may hold is stricter when on:
// it makes a scan see more.
func (o *Option) Strictness() func(value string) int {
	if o.Strict == nil && o.Kind == Toggle && o.Config {
		return position("false", "true")
	}
	return o.Strict
}
