package pypi

import (
	"bytes"
	"path"
	"strings"

	"figment/scanner/text"
)

// isRequirements reports whether a path is called like a list of Python
// requirements or constraints, as pip and pip-tools call them.
func isRequirements(p string) bool {
	base := path.Base(p)
	low := strings.ToLower(base)
	switch ext := path.Ext(low); ext {
	case ".txt":
		stem := strings.TrimSuffix(low, ext)
		if strings.HasPrefix(low, "requirements") || strings.HasPrefix(low, "constraints") ||
			strings.HasSuffix(stem, "requirements") || strings.HasSuffix(stem, "constraints") {
			return true
		}
		for _, word := range strings.FieldsFunc(stem, func(r rune) bool { return r == '-' || r == '_' || r == '.' }) {
			if word == "reqs" {
				return true
			}
		}
		dir, _ := path.Split(p)
		return strings.Contains("/"+dir, "/requirements/") // and in folders below
	case "":
		for _, word := range []string{"requirements", "constraints"} {
			rest, ok := strings.CutPrefix(low, word)
			if ok && (rest == "" || rest[0] == '-' || rest[0] == '_') || strings.HasSuffix(low, "-"+word) || strings.HasSuffix(low, "_"+word) {
				return true
			}
		}
		return path.Base(path.Dir(p)) == "requirements" && base == low // README and LICENSE lie in such folders too
	case ".pip":
		return strings.Contains(low, "requirements") || strings.Contains(low, "constraints") || path.Base(path.Dir(p)) == "requirements"
	case ".lock": // of Rye
		return strings.HasPrefix(low, "requirements")
	case ".in":
		return isInput(base) && (strings.HasPrefix(base, "constraints") || strings.Contains(p, "requirements"))
	}
	return false
}

// isInput reports whether a file may be what pip-tools compiles. Beside a list
// of requirements such a file has any name, but for that of setuptools' list of
// files.
func isInput(base string) bool {
	return strings.HasSuffix(base, ".in") && base != "MANIFEST.in"
}

// leadsInputs reports whether the inputs of pip-tools may lie beside a file: it
// compiles them to such lists.
func leadsInputs(p string) bool { return strings.HasSuffix(p, ".txt") && isRequirements(p) }

// looksPyproject: the header of a table of pyproject.toml.
func looksPyproject(s *text.Sample) (is bool) {
	text.EachLine(s.Text, func(line []byte) bool {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			return true
		}
		header, _ := text.TableHeader(string(line))
		top, _, _ := strings.Cut(header, ".")
		switch top {
		case "project", "build-system", "dependency-groups":
			is = true
		case "tool":
			is = header != "tool"
		case "": // a part without the header above it
			key, value, _ := bytes.Cut(line, []byte("="))
			is = string(bytes.TrimSpace(key)) == "dependencies" && bytes.HasPrefix(bytes.TrimSpace(value), []byte("["))
		}
		return !is
	})
	return is
}

// looksRequirements: every line that is no comment and no option is a
// requirement, and one has a version.
func looksRequirements(s *text.Sample) bool {
	version, all := false, true
	text.EachLine(s.Text, func(line []byte) bool {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' || bytes.HasPrefix(line, []byte("--")) ||
			bytes.HasPrefix(line, []byte("-r ")) || bytes.HasPrefix(line, []byte("-c ")) || bytes.HasPrefix(line, []byte("-e ")) {
			return true
		}
		hasVersion, ok := requirementLine(line)
		version = version || hasVersion
		all = ok
		return ok
	})
	return all && version
}

// requirementLine reads the shape of one requirement of PEP 508.
func requirementLine(line []byte) (version, ok bool) {
	i := 0
	for i < len(line) && (text.IsLetter(line[i]) && line[i] < 0x80 || i > 0 && (line[i] == '-' || line[i] == '.')) {
		i++
	}
	if i == 0 {
		return false, false
	}
	if i = text.White(line, i); i < len(line) && line[i] == '[' {
		end := bytes.IndexByte(line[i:], ']')
		if end < 0 {
			return false, false
		}
		i = text.White(line, i+end+1)
	}
	rest := bytes.TrimPrefix(line[i:], []byte("("))
	for _, op := range []string{"==", ">=", "<=", "~=", "!=", ">", "<"} {
		if after, found := bytes.CutPrefix(rest, []byte(op)); found {
			after = bytes.TrimLeft(after, "= ")
			return true, len(after) > 0 && (after[0] >= '0' && after[0] <= '9' || after[0] == 'v')
		}
	}
	switch {
	case len(rest) == 0, rest[0] == ';', rest[0] == '#':
		return false, true
	case bytes.HasPrefix(rest, []byte("@ ")):
		return true, true
	}
	return false, false
}
