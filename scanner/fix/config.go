package fix

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"figment/ecosystem"
	"figment/internal/lazyregexp"
	"figment/internal/term"
	"figment/scanner/policy"
	"figment/scanner/text"
	"figment/scanner/verdict"
)

// ConfigName is the project's configuration file.
const ConfigName = ".figment.toml"

// MaxConfig is the longest configuration file that is edited, in bytes.
const MaxConfig = 1 << 20

// maxReason is the longest reason, in bytes.
const maxReason = 500

// A Config is a configuration file of a project, as it is before an edit.
type Config struct {
	Root string       // absolute directory that holds the file
	Name string       // of the file; empty: ConfigName
	Data []byte       // nil: there is no such file yet
	Keys []policy.Key // settings that may stand in it
}

// ReadConfig reads the configuration file in a directory. That there is none is
// no error: the edit then makes it.
func ReadConfig(dir, name string, keys []policy.Key) (Config, error) {
	c := Config{Root: dir, Name: cmp.Or(name, ConfigName), Keys: keys}
	data, err := ReadBeside(dir, c.Name, MaxConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	c.Data = data
	return c, err
}

// ReadBeside reads a regular file of at most limit bytes in a directory,
// without following a link. Errors wrap fs.ErrNotExist where there is none, and
// are a *Refusal otherwise.
func ReadBeside(dir, name string, limit int64) ([]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, refuse(name, "cannot be read: %s", reason(err))
	}
	defer root.Close()
	info, err := root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, err
	case err != nil:
		return nil, refuse(name, "cannot be read: %s", reason(err))
	case !info.Mode().IsRegular():
		return nil, refuse(name, "is a link or no regular file")
	case info.Size() > limit:
		return nil, refuse(name, "is longer than %d bytes", limit)
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, refuse(name, "cannot be read: %s", reason(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil || int64(len(data)) > limit {
		return nil, refuse(name, "cannot be read")
	}
	if data == nil {
		data = []byte{}
	}
	return data, nil
}

// Allow makes the edit that accepts the name of a package: it appends an
// [[allow]] entry to the configuration file and changes nothing else. The entry
// needs a package and a reason; rules narrow it. An entry that accepts the same
// gets the new reason and date instead; where it has them, After is Before.
func Allow(c Config, e policy.Entry) (Edit, error) {
	e.Kind, e.Reason = "allow", strings.TrimSpace(e.Reason)
	for _, id := range e.Rules {
		if r := verdict.FindRule(id); r != nil && !r.AboutName {
			return Edit{}, refuse(c.name(), "%s is not about the name: it takes an [[ignore]] entry", id)
		}
	}
	return c.append(e)
}

// Ignore makes the edit that accepts rules for a package, at paths, or both: it
// appends an [[ignore]] entry to the configuration file and changes nothing
// else. The entry needs rules and a reason, for malicious-package also the id
// of the advisory. An entry that accepts the same is changed as by Allow.
func Ignore(c Config, e policy.Entry) (Edit, error) {
	e.Kind, e.Reason = "ignore", strings.TrimSpace(e.Reason)
	if slices.Contains(e.Rules, "malicious-package") && e.Advisory == "" {
		return Edit{}, refuse(c.name(), "malicious-package is accepted by the id of its advisory only")
	}
	return c.append(e)
}

func (c *Config) name() string { return cmp.Or(c.Name, ConfigName) }

// append adds an entry at the end, and proves that the file then says what it
// said, and the entry.
func (c *Config) append(e policy.Entry) (Edit, error) {
	entry, err := entryText(e, text.LineBreak(c.Data))
	if err != nil {
		return Edit{}, refuse(c.name(), "%s", err)
	}
	before, err := policy.Parse(c.name(), c.Data, policy.Repository, c.Keys)
	if err != nil {
		return Edit{}, err
	}
	for i := range before.Entries {
		if accepts(&before.Entries[i]) == accepts(&e) {
			return c.renew(before.Entries, i, e)
		}
	}
	after := slices.Clone(c.Data)
	br := text.LineBreak(c.Data)
	switch {
	case len(bytes.TrimPrefix(after, []byte("\xef\xbb\xbf"))) == 0:
	case after[len(after)-1] != '\n':
		entry = br + br + entry
	default:
		entry = br + entry
	}
	out := Edit{Root: c.Root, Path: c.name(), Before: c.Data, After: append(after, entry...), Safe: true}
	doc, err := policy.Parse(c.name(), out.After, policy.Repository, c.Keys)
	if err != nil {
		return Edit{}, refuse(c.name(), "takes no entry at its end (%s): add it by hand", err)
	}
	if !grewBy(before.Entries, doc.Entries, e) || len(out.After) > MaxConfig {
		return Edit{}, refuse(c.name(), "would not say what was asked for: add the entry by hand")
	}
	return out, nil
}

// accepts is what an entry accepts, whatever its reason and date.
func accepts(e *policy.Entry) string {
	return fmt.Sprintf("%q %q %q %q %q %q", e.Kind, e.Ecosystem, e.Package, e.Paths, e.Rules, e.Advisory)
}

// says is all that an entry says.
func says(e *policy.Entry) string {
	return fmt.Sprintf("%s %q %d", accepts(e), e.Reason, e.Expires.Unix())
}

var (
	reasonLine  = lazyregexp.New(`^[ \t]*reason[ \t]*=`)
	expiresLine = lazyregexp.New(`^[ \t]*expires[ \t]*=`)
)

// renew gives the entry at index n the reason and the date of e, and proves that
// nothing else changes.
func (c *Config) renew(entries []policy.Entry, n int, e policy.Entry) (Edit, error) {
	out := Edit{Root: c.Root, Path: c.name(), Before: c.Data, After: c.Data, Safe: true}
	if says(&entries[n]) == says(&e) {
		return out, nil
	}
	br := text.LineBreak(c.Data)
	var b strings.Builder
	line, inside := 0, false
	for text := range strings.Lines(string(c.Data)) {
		line++
		switch {
		case line == entries[n].Line:
			inside = true
		case inside && strings.HasPrefix(strings.TrimSpace(text), "["):
			inside = false
		case inside && reasonLine().MatchString(text):
			text = reasonLine().FindString(text) + " " + quoteTOML(e.Reason) + br
			if !e.Expires.IsZero() {
				text += "expires = " + e.Expires.Format(time.DateOnly) + br
			}
		case inside && expiresLine().MatchString(text):
			text = ""
		}
		b.WriteString(text)
	}
	out.After = []byte(b.String())
	doc, err := policy.Parse(c.name(), out.After, policy.Repository, c.Keys)
	want := slices.Clone(entries)
	want[n].Reason, want[n].Expires = e.Reason, e.Expires
	if err != nil || !slices.EqualFunc(doc.Entries, want, func(a, b policy.Entry) bool { return says(&a) == says(&b) }) || len(out.After) > MaxConfig {
		return Edit{}, refuse(c.name(), "accepts it in line %d already, in a form that is not edited by rule: edit it by hand", entries[n].Line)
	}
	return out, nil
}

// grewBy reports whether the entries are those of before and e.
func grewBy(before, after []policy.Entry, e policy.Entry) bool {
	if len(after) != len(before)+1 {
		return false
	}
	have := map[string]int{says(&e): 1}
	for i := range before {
		have[says(&before[i])]++
	}
	for i := range after {
		have[says(&after[i])]--
	}
	for _, n := range have {
		if n != 0 {
			return false
		}
	}
	return true
}

// entryText writes an entry as TOML.
func entryText(e policy.Entry, br string) (string, error) {
	e.Reason = strings.TrimSpace(e.Reason)
	switch {
	case e.Reason == "":
		return "", errors.New("an entry needs a reason")
	case len(e.Reason) > maxReason:
		return "", fmt.Errorf("the reason is longer than %d bytes", maxReason)
	case e.Kind == "allow" && e.Package == "":
		return "", errors.New("an [[allow]] entry names a package")
	case e.Kind == "ignore" && len(e.Rules) == 0:
		return "", errors.New("an [[ignore]] entry names rules")
	case e.Kind == "ignore" && e.Package == "" && len(e.Paths) == 0:
		return "", errors.New("an [[ignore]] entry names a package or paths")
	}
	var lines []string
	bad := false
	word := func(s string) string {
		bad = bad || !utf8.ValidString(s)
		return quoteTOML(s)
	}
	list := func(in []string) string {
		out := make([]string, len(in))
		for i, s := range in {
			out[i] = word(s)
		}
		return "[" + strings.Join(out, ", ") + "]"
	}
	lines = append(lines, "[["+e.Kind+"]]")
	if e.Package != "" {
		name := e.Package
		if e.Ecosystem != ecosystem.Unknown {
			name = string(e.Ecosystem) + ":" + name
		}
		lines = append(lines, "package = "+word(name))
	}
	if len(e.Paths) > 0 {
		lines = append(lines, "paths = "+list(e.Paths))
	}
	if len(e.Rules) > 0 {
		lines = append(lines, "rules = "+list(e.Rules))
	}
	if e.Advisory != "" {
		lines = append(lines, "advisory = "+word(e.Advisory))
	}
	lines = append(lines, "reason = "+word(e.Reason))
	if !e.Expires.IsZero() {
		lines = append(lines, "expires = "+e.Expires.Format(time.DateOnly))
	}
	if bad {
		return "", errors.New("an entry must be valid UTF-8")
	}
	return strings.Join(lines, br) + br, nil
}

// quoteTOML writes a basic string, https://toml.io/en/v1.0.0#string: what could
// not be seen in an editor is escaped as well.
func quoteTOML(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r > 0xFFFF && term.Hidden(r):
			fmt.Fprintf(&b, `\U%08X`, r)
		case term.Hidden(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// WriteBaseline makes the edit that writes a baseline into a directory. before
// is the file as it is; nil: there is none.
func WriteBaseline(dir, name string, before []byte, b *policy.Baseline) Edit {
	return Edit{Root: dir, Path: filepath.ToSlash(cmp.Or(name, policy.BaselineName)), Before: before, After: b.Bytes(), Safe: true}
}
