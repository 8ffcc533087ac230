package container

import (
	"bytes"
	"figment/scanner/text"
	"strings"
)

// splitMarkup gives the scripts of a page or a component, and the code at the
// head of one of Astro.
func splitMarkup(s *Splitter, f *text.Fragment) {
	t := f.Text
	low := bytes.ToLower(t)
	if len(low) != len(t) { // letters whose small ones are of another length
		low = t
	}
	var rest text.Builder
	i := 0
	if bytes.HasPrefix(t, []byte("---\n")) {
		if n := bytes.Index(t[4:], []byte("\n---")); n >= 0 {
			s.Split(f.Child(text.Span{Start: 4, End: 4 + n + 1}, text.TypeScript))
			i = 4 + n + 1
		}
	}
	for i < len(t) {
		k := bytes.Index(low[i:], []byte("<script"))
		if k < 0 {
			break
		}
		rest.Verbatim(t[i:i+k], i)
		i += k
		open := bytes.IndexByte(t[i:], '>')
		if open < 0 {
			break
		}
		head, body := string(low[i:i+open]), i+open+1
		end, cut := len(t), true
		if n := bytes.Index(low[body:], []byte("</script")); n >= 0 {
			end, cut = body+n, false
		}
		if strings.Contains(head, "importmap") && end > body {
			c := f.Child(text.Span{Start: body, End: end}, text.JSON)
			c.Name, c.Cut = "importmap.json", cut
			s.Split(c)
		} else if lang := scriptLang(head); lang != text.Undecided && end > body && !strings.HasSuffix(head, "/") {
			c := f.Child(text.Span{Start: body, End: end}, lang)
			c.Cut = cut
			s.Split(c)
		}
		if i = end; strings.HasSuffix(head, "/") {
			i = body
		}
	}
	if i < len(t) {
		rest.Verbatim(t[i:], i)
	}
	s.rest(f, &rest)
}

// scriptLang is the language of a script by its tag; Undecided for data.
func scriptLang(tag string) text.Lang {
	attribute := func(name string) string {
		at := strings.Index(tag, " "+name+"=")
		if at < 0 {
			return ""
		}
		value := tag[at+len(name)+2:]
		if value != "" && (value[0] == '"' || value[0] == '\'') {
			value, _, _ = strings.Cut(value[1:], value[:1])
			return value
		}
		value, _, _ = strings.Cut(value, " ")
		return value
	}
	switch lang := attribute("lang"); lang {
	case "ts", "typescript":
		return text.TypeScript
	case "tsx":
		return text.TSX
	}
	switch typ := attribute("type"); {
	case typ == "", typ == "module", strings.Contains(typ, "javascript"), strings.Contains(typ, "babel"), strings.Contains(typ, "jsx"):
		return text.JSX
	case strings.Contains(typ, "typescript"):
		return text.TypeScript
	}
	return text.Undecided
}
