package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"figment/scanner/policy"
)

// values are the options of one call, resolved: flag, then variable, then the
// project's file, then the user's, then the default.
type values struct {
	command string
	set     map[string][]string
	origin  map[string]string
}

// addFlags gives cmd the flags of the table.
func addFlags(cmd *cobra.Command, name string) {
	cmd.Flags().SortFlags = false
	for i := range options {
		o := &options[i]
		if !o.of(name) {
			continue
		}
		switch o.Kind {
		case toggle:
			cmd.Flags().BoolP(o.Name, o.Short, false, o.Doc)
		case list:
			cmd.Flags().StringArrayP(o.Name, o.Short, nil, o.Doc)
		default:
			cmd.Flags().StringP(o.Name, o.Short, o.Default, o.Doc)
			cmd.Flags().Lookup(o.Name).NoOptDefVal = o.Bare
		}
		if vals := o.Values; vals != nil {
			// The error is for a flag that does not exist, which this one does.
			_ = cmd.RegisterFlagCompletionFunc(o.Name, cobra.FixedCompletions(vals, cobra.ShellCompDirectiveNoFileComp))
		}
	}
}

// find gives the row of an option for a command.
func find(command, name string) *option {
	for i := range options {
		if options[i].Name == name && options[i].of(command) {
			return &options[i]
		}
	}
	return nil
}

// resolveValues puts the sources of every option of the command into order and
// checks the values.
func resolveValues(cmd *cobra.Command, command string, env func(string) string, project, user *policy.Document) (*values, error) {
	v := &values{command: command, set: map[string][]string{}, origin: map[string]string{}}
	for i := range options {
		o := &options[i]
		if !o.of(command) {
			continue
		}
		if err := v.resolve(o, cmd, env, project, user); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func (v *values) resolve(o *option, cmd *cobra.Command, env func(string) string, project, user *policy.Document) error {
	take := func(vals []string, from, name string) error {
		if o.Kind == list && !o.Raw {
			vals = splitCommas(vals)
		}
		for _, val := range vals {
			if err := o.check(val, name); err != nil {
				return err
			}
		}
		v.set[o.Name], v.origin[o.Name] = vals, from
		return nil
	}
	if f := cmd.Flags().Lookup(o.Name); f != nil && f.Changed {
		if o.Kind == list {
			vals, _ := cmd.Flags().GetStringArray(o.Name)
			return take(vals, "flag", "--"+o.Name)
		}
		return take([]string{f.Value.String()}, "flag", "--"+o.Name)
	}
	if name := o.variable(); name != "" {
		if val := env(name); val != "" {
			if o.Kind == toggle {
				b, err := strconv.ParseBool(val)
				if err != nil {
					return usage(fmt.Sprintf("%s must be true or false, not %q", name, val), "")
				}
				val = strconv.FormatBool(b)
			}
			return take([]string{val}, name, name)
		}
	}
	p, fromProject := setting(project, o)
	u, fromUser := setting(user, o)
	if fromProject && fromUser && o.Strict != nil && p.Reason == "" && o.Strict(p.Values[0]) < o.Strict(u.Values[0]) {
		fromProject = false // the stricter one holds
	}
	switch {
	case fromProject:
		return take(p.Values, p.File, p.File+": "+o.Name)
	case fromUser:
		return take(u.Values, u.File, u.File+": "+o.Name)
	case o.Kind == list:
		return nil
	}
	v.set[o.Name], v.origin[o.Name] = []string{o.Default}, "default"
	return nil
}

func setting(d *policy.Document, o *option) (policy.Setting, bool) {
	if d == nil {
		return policy.Setting{}, false
	}
	s, ok := d.Settings[o.Name]
	return s, ok && len(s.Values) > 0
}

func splitCommas(in []string) []string {
	var out []string
	for _, s := range in {
		for _, part := range strings.Split(s, ",") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}

// check says what is wrong with a value, under the name by which it was given.
func (o *option) check(val, name string) error {
	switch o.Kind {
	case choice:
		if !slices.Contains(o.Values, val) {
			hint := "one of: " + strings.Join(o.Values, ", ")
			if near := policy.Nearest(val, o.Values); near != "" {
				hint = fmt.Sprintf("did you mean %q? %s", near, hint)
			}
			return usage(fmt.Sprintf("%s cannot be %q", name, val), hint)
		}
	case duration:
		if d, err := time.ParseDuration(val); err != nil || d <= 0 {
			return usage(fmt.Sprintf("%s must be a duration, not %q", name, val), "for example 10s or 2m")
		}
	case size:
		if _, err := parseSize(val); err != nil {
			return usage(fmt.Sprintf("%s must be a size, not %q", name, val), "for example 512KiB or 4MiB")
		}
	case number:
		if n, err := strconv.Atoi(val); err != nil || n < 0 {
			return usage(fmt.Sprintf("%s must be a number, not %q", name, val), "")
		}
	}
	return nil
}

func (v *values) text(name string) string {
	if s := v.set[name]; len(s) > 0 {
		return s[len(s)-1]
	}
	return ""
}

func (v *values) list(name string) []string { return v.set[name] }

func (v *values) on(name string) bool { return v.text(name) == "true" }

func (v *values) duration(name string) time.Duration {
	d, _ := time.ParseDuration(v.text(name))
	return d
}

func (v *values) number(name string) int {
	n, _ := strconv.Atoi(v.text(name))
	return n
}

func (v *values) size(name string) int64 {
	n, _ := parseSize(v.text(name))
	return n
}

// parseSize reads a number of bytes: plain, or with kB, MB, KiB, MiB, GiB.
func parseSize(s string) (int64, error) {
	unit := int64(1)
	for _, u := range []struct {
		suffix string
		n      int64
	}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"kB", 1e3}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"k", 1 << 10}, {"M", 1 << 20}, {"B", 1}} {
		if rest, ok := strings.CutSuffix(s, u.suffix); ok {
			s, unit = strings.TrimSpace(rest), u.n
			break
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 || n > (1<<62)/unit {
		return 0, fmt.Errorf("not a size")
	}
	return n * unit, nil
}
