package source

import (
	"bytes"
	"figment/scanner/text"
	"strings"
)

// sniffLimit is how much of a text its content is judged by.
const sniffLimit = 256 << 10

// sniff decides by content: what the text is called, where a format is known by
// its name, and its language. Both are empty where nothing speaks for anything.
// The first hit wins, from the surest sign to the weakest.
func sniff(src []byte) (name string, lang text.Lang) {
	src = src[:min(len(src), sniffLimit)]
	trimmed := bytes.TrimSpace(src)
	if len(trimmed) == 0 {
		return "", text.Text
	}
	if c := trimmed[0]; c == '{' || c == '"' || bytes.HasPrefix(trimmed, []byte("//")) || bytes.HasPrefix(trimmed, []byte("/*")) {
		if name, ok := sniffJSON(trimmed); ok {
			return name, text.JSON
		}
	}
	for i := range containers {
		if c := &containers[i]; c.Sniff != nil && c.Sniff(src) {
			return "", c.Lang
		}
	}
	if name, ok := sniffTOML(src); ok {
		return name, text.TOML
	}
	if looksGoMod(src) {
		return "go.mod", text.Text
	}
	if looksRequirements(src) {
		return "requirements.txt", text.Text
	}
	if lang := sniffCode(src); lang != text.Undecided {
		return "", lang
	}
	return "", sniffShell(src)
}

// sniffData finds the name of a text whose language is known to be one of data;
// empty for other languages.
func sniffData(src []byte, lang text.Lang) (string, bool) {
	src = src[:min(len(src), sniffLimit)]
	switch lang {
	case text.JSON:
		return sniffJSON(src)
	case text.TOML:
		return sniffTOML(src)
	}
	return "", false
}

// sniffJSON looks at the keys of the outermost object, or of bare members. ok
// says that it is JSON at all.
func sniffJSON(src []byte) (name string, ok bool) {
	at := text.SkipComments(src, 0)
	switch {
	case at == len(src) || src[at] != '{' && src[at] != '"':
		return "", false
	case src[at] == '"': // members without their object
		src = append([]byte("{"), src[at:]...)
	default:
		ok = true
	}
	keys := map[string]byte{} // key → what its value begins with
	inner := false            // the last key's object had a member
	text.WalkJSON(src, func(path []text.Key, v text.Value, low bool) {
		switch key := ""; len(path) {
		case 1:
			ok, inner = true, false
			if len(keys) < 1000 {
				keys[path[0].Name] = v.Kind
			}
		case 2:
			if key = path[0].Name; !inner && v.Kind == '{' && keys[key] == '{' {
				keys[key] = '[' // an object of objects: resolved packages, not requirements
			}
			inner = true
		}
	})
	if !ok {
		return "", false
	}
	if keys["lockfileVersion"] != 0 && (keys["packages"] != 0 || keys["dependencies"] != 0) {
		return "package-lock.json", true
	}
	for _, k := range []string{"dependencies", "devDependencies", "peerDependencies", "optionalDependencies"} {
		if keys[k] == '{' {
			return "package.json", true
		}
	}
	if keys["scripts"] == '{' && keys["name"] == 's' && keys["require"] == 0 && keys["autoload"] == 0 {
		return "package.json", true
	}
	return "", true
}

// sniffTOML looks at the headers of tables. ok says that the first thing in the
// text is one, or that a table of pyproject.toml is in it.
func sniffTOML(src []byte) (name string, ok bool) {
	first := true
	text.EachLine(src, func(line []byte) bool {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			return true
		}
		header, is := tableHeader(string(line))
		if is {
			ok = ok || first
			top, _, _ := strings.Cut(header, ".")
			switch top {
			case "project", "build-system", "dependency-groups", "tool":
				if top != "tool" || header != "tool" {
					name, ok = "pyproject.toml", true
					return false
				}
			}
		}
		first = false
		return true
	})
	return name, ok
}

// tableHeader reads [a.b] or [[a.b]] with an optional comment.
func tableHeader(line string) (string, bool) {
	inner, ok := strings.CutPrefix(line, "[")
	if !ok {
		return "", false
	}
	inner = strings.TrimPrefix(inner, "[")
	end := strings.IndexByte(inner, ']')
	if end <= 0 {
		return "", false
	}
	rest := strings.TrimSpace(strings.TrimPrefix(inner[end+1:], "]"))
	inner = strings.TrimSpace(inner[:end])
	if inner == "" || rest != "" && rest[0] != '#' || strings.ContainsAny(inner, " ,=;()$") {
		return "", false
	}
	return inner, true
}

func looksGoMod(src []byte) bool {
	module, more := false, false
	text.EachLine(src, func(line []byte) bool {
		words := strings.Fields(string(line[:min(len(line), 500)]))
		if len(words) < 2 {
			return true
		}
		switch words[0] {
		case "module":
			module = module || len(words) == 2 || strings.HasPrefix(words[2], "//")
		case "go":
			more = more || words[1][0] >= '0' && words[1][0] <= '9'
		case "require", "replace":
			more = more || words[1] == "(" || strings.Contains(words[1], "/")
		}
		return !module || !more
	})
	return module && more
}

// looksRequirements: every line that is no comment and no option is a
// requirement, and one has a version.
func looksRequirements(src []byte) bool {
	version, all := false, true
	text.EachLine(src, func(line []byte) bool {
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

// BareNames reports whether every line of a text that is no comment is a single
// word that could be the name of a package, and there is one: nothing then says
// of which ecosystem the names are.
func BareNames(data []byte) bool {
	src, _ := text.Decode(data)
	any, all := false, true
	text.EachLine(src, func(line []byte) bool {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			return true
		}
		any = true
		word := strings.TrimPrefix(string(line), "@")
		for i := 0; i < len(word) && all; i++ {
			c := word[i]
			all = text.IsLetter(c) && c < 0x80 || i > 0 && (c == '-' || c == '.' || c == '/')
		}
		all = all && word != "" && len(word) <= 214
		return all
	})
	return any && all
}
