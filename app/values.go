package app

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"figment/scanner/policy"
)

// Flags are the options that were given on the command line, by name; an option
// that is not there was not given. A toggle is "true" or "false"; a List has an
// element for each time it was given, any other option one. A front end without
// a command line gives nil.
type Flags map[string][]string

// Given reports whether a flag was given.
func (f Flags) Given(name string) bool {
	_, ok := f[name]
	return ok
}

// Value is the value of a flag, and whether it was given.
func (f Flags) Value(name string) (value string, given bool) {
	vals, ok := f[name]
	if len(vals) == 0 {
		return "", ok
	}
	return vals[len(vals)-1], ok
}

// Values are the options of one call, resolved: flag, then variable, then the
// project's file, then the user's, then the default. What a command does not
// take reads as empty.
type Values struct {
	command string
	set     map[string][]string
	origin  map[string]string
}

// Values resolves the options of a command that reads no configuration file.
// The error is of a value that is wrong.
func (c *Call) Values(command string, flags Flags) (*Values, error) {
	return ResolveValues(flags, command, c.Env, nil, nil)
}

// ResolveValues puts the sources of every option of the command into order and
// checks the values.
func ResolveValues(flags Flags, command string, env func(string) string, project, user *policy.Document) (*Values, error) {
	v := &Values{command: command, set: map[string][]string{}, origin: map[string]string{}}
	for i := range options {
		o := &options[i]
		if !o.Of(command) {
			continue
		}
		if err := v.resolve(o, flags, env, project, user); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func (v *Values) resolve(o *Option, flags Flags, env func(string) string, project, user *policy.Document) error {
	take := func(vals []string, from, name string) error {
		if o.Kind == List && !o.Raw {
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
	if vals, ok := flags[o.Name]; ok {
		return take(vals, "flag", "--"+o.Name)
	}
	if name := o.Variable(); name != "" {
		if val := env(name); val != "" {
			if o.Kind == Toggle {
				b, err := strconv.ParseBool(val)
				if err != nil {
					return Usage(fmt.Sprintf("%s must be true or false, not %q", name, val), "")
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
	case o.Kind == List:
		return nil
	}
	v.set[o.Name], v.origin[o.Name] = []string{o.Default}, "default"
	return nil
}

func setting(d *policy.Document, o *Option) (policy.Setting, bool) {
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
func (o *Option) check(val, name string) error {
	switch o.Kind {
	case Choice:
		if !slices.Contains(o.Values, val) {
			hint := "one of: " + strings.Join(o.Values, ", ")
			if near := policy.Nearest(val, o.Values); near != "" {
				hint = fmt.Sprintf("did you mean %q? %s", near, hint)
			}
			return Usage(fmt.Sprintf("%s cannot be %q", name, val), hint)
		}
	case Duration:
		if d, err := time.ParseDuration(val); err != nil || d <= 0 {
			return Usage(fmt.Sprintf("%s must be a duration, not %q", name, val), "for example 10s or 2m")
		}
	case Size:
		if _, err := parseSize(val); err != nil {
			return Usage(fmt.Sprintf("%s must be a size, not %q", name, val), "for example 512KiB or 4MiB")
		}
	case Number:
		if n, err := strconv.Atoi(val); err != nil || n < 0 {
			return Usage(fmt.Sprintf("%s must be a number, not %q", name, val), "")
		}
	}
	return nil
}

// Text is the value of an option; of a List the last one.
func (v *Values) Text(name string) string {
	if s := v.set[name]; len(s) > 0 {
		return s[len(s)-1]
	}
	return ""
}

// List are the values of a List.
func (v *Values) List(name string) []string { return v.set[name] }

// On reports whether a Toggle is on.
func (v *Values) On(name string) bool { return v.Text(name) == "true" }

// Duration is the value of an option of that kind; 0: none.
func (v *Values) Duration(name string) time.Duration {
	d, _ := time.ParseDuration(v.Text(name))
	return d
}

// Number is the value of an option of that kind.
func (v *Values) Number(name string) int {
	n, _ := strconv.Atoi(v.Text(name))
	return n
}

// Size is the value of an option of that kind, in bytes.
func (v *Values) Size(name string) int64 {
	n, _ := parseSize(v.Text(name))
	return n
}

// Origin says where the value of an option comes from: "flag", the name of a
// variable, a configuration file, "default"; empty where there is no value.
func (v *Values) Origin(name string) string { return v.origin[name] }

// use takes the value of an option over from other.
func (v *Values) use(name string, other *Values) {
	v.set[name], v.origin[name] = other.set[name], other.origin[name]
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
