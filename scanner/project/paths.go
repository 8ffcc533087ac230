package project

import (
	"path"
	"slices"
	"strings"
)

// maxGlobs bounds the globs of one workspace, with their braces expanded.
const maxGlobs = 1000

// Globs brings the globs of a workspace into one form: without "./"
// and a final slash, braces expanded.
func Globs(list []string) []string {
	var out []string
	for _, g := range list {
		not := ""
		if rest, ok := strings.CutPrefix(g, "!"); ok {
			not, g = "!", rest
		}
		for _, one := range expandBraces(g) {
			one = strings.TrimPrefix(path.Clean("/"+strings.TrimSpace(one)), "/")
			if one == "" {
				one = "."
			}
			if len(out) == maxGlobs {
				return out
			}
			out = append(out, not+one)
		}
	}
	return out
}

// expandBraces makes "a/{b,c}" two globs. Braces that nest or repeat too often
// stay as they are.
func expandBraces(g string) []string {
	out := []string{g}
	for range 4 {
		var next []string
		more := false
		for _, s := range out {
			open := strings.IndexByte(s, '{')
			end := -1
			if open >= 0 {
				end = strings.IndexByte(s[open:], '}')
			}
			if end < 0 || strings.Count(s[open:open+end], ",")+len(out) > 64 {
				next = append(next, s)
				continue
			}
			more = true
			for _, part := range strings.Split(s[open+1:open+end], ",") {
				next = append(next, s[:open]+part+s[open+end+1:])
			}
		}
		if out = next; !more || len(out) > 64 {
			break
		}
	}
	return out
}

// Covers reports whether the globs of a workspace in root take the directory
// dir as a member: the last glob that matches counts.
func Covers(globs []string, root, dir string) bool {
	rel, ok := below(root, dir)
	if !ok {
		return false
	}
	in := false
	for _, g := range globs {
		not := strings.HasPrefix(g, "!")
		if not == in && matchPath(strings.TrimPrefix(g, "!"), rel) {
			in = !not
		}
	}
	return in
}

// below gives dir as seen from root.
func below(root, dir string) (string, bool) {
	switch {
	case root == dir:
		return ".", true
	case root == ".":
		return dir, true
	}
	return strings.CutPrefix(dir, root+"/")
}

// matchPath matches a path with a glob in which "**" stands for any number of
// directories. Nothing below node_modules is a member.
func matchPath(glob, name string) bool {
	g, n := strings.Split(glob, "/"), strings.Split(name, "/")
	if slices.Contains(n, "node_modules") {
		return false
	}
	gi, ni, star, from := 0, 0, -1, 0
	for ni < len(n) {
		if gi < len(g) && g[gi] == "**" {
			star, from = gi, ni
			gi++
			continue
		}
		if gi < len(g) {
			if hit, err := path.Match(g[gi], n[ni]); err == nil && hit {
				gi++
				ni++
				continue
			}
		}
		if star < 0 {
			return false
		}
		from++ // the last "**" takes one more
		gi, ni = star+1, from
	}
	for gi < len(g) && g[gi] == "**" {
		gi++
	}
	return gi == len(g)
}

// Strings gives the strings of a decoded list.
func Strings(v any) []string {
	var out []string
	if list, ok := v.([]any); ok {
		for _, x := range list {
			if s, ok := x.(string); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

// Outside reports whether a clean path leads out of the tree.
func Outside(p string) bool { return p == ".." || strings.HasPrefix(p, "../") }

// Up calls f for the directory dir and those above it until f returns false.
func Up(dir string, f func(dir string) bool) {
	for {
		if !f(dir) || dir == "." || dir == "/" {
			return
		}
		dir = path.Dir(dir)
	}
}
