package scanner

import (
	"regexp"
	"strings"
	"sync"
)

// credentials are the parts of a line that a report must not repeat, a group
// each. What may as well be the version of a package that is called "…-token"
// is in the last two, and looked at before it is hidden. What stands between the
// words of one is bounded: a search would else read to the end of a long line for
// each.
var credentials = sync.OnceValue(func() *regexp.Regexp {
	const (
		word  = `(?:token|secret|passw(?:or)?d|passwd|pwd|api[_-]?key|access[_-]?key|private[_-]?key|_auth|credentials?)`
		value = `([^\s"'` + "`" + `,;&|)]+)`
	)
	return regexp.MustCompile(`(?i)` + strings.Join([]string{
		// The user of a URL, and what a URL is signed or opened with.
		`://([^/\s"']+|[^/\s"'@:]+:[^\s"'/]*[^\s"'/0-9][^\s"']*)@`, // a password may have "@" and "/" in it
		`(?:\s-i|--[\w-]{0,40}(?:index|registry|proxy)[\w-]{0,40})(?:=|\s+)["']?[^\s"'/:@]+:([^/\s"']+)@`,
		`[?&][\w.-]*(?:sig|signature|key|auth|code|pass|session|` + word + `)[\w-]*=([^\s"'&#]+)`,
		`\bauthorization["']?\s*[:=]\s*([^"'\n]{6,})`,
		`\b(?:bearer|basic)\s+([\w.~+/=-]{8,})`,
		// Options.
		`--(?:otp|auth|pass|[\w./:@-]{0,100}` + word + `\w*)(?:=|\s+)["']?([^\s"'-][^\s"']*)`,
		`\b(?:twine|(?:docker|podman|registry|skopeo|buildah)\s+login)\b[^|;&]{0,200}?\s(?:-p|--password)(?:=|\s+)["']?([^\s"'-][^\s"']*)`,
		`\b(?:curl|wget|https?)\s[^|;&]{0,200}?(?:-u|--user|--proxy-user)(?:=|\s+|)["']?[^\s"':]+:([^\s"']+)`,
		// What services begin their tokens with.
		`\b((?:gh[oprsu]_|github_pat_|glpat-|pypi-AgE|xox[abprs]-)[\w-]{16,}|AKIA[0-9a-z]{16}|sk-(?:proj-|ant-)?[a-z0-9]{20,}|(?:hf|npm)_[a-z0-9]{20,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)`,
		word + `\w*=["']([^"']+)`,
		word + `\w*=` + value,
		word + `\w*["']?\s*[:=]\s*["']?([^\s"',;&]{12,})`,
	}, "|"))
})

// credentialOrVersion is the first of the groups that may be a version.
const credentialOrVersion = 10

// versionLike is what stands behind the name of a package that sounds like a
// credential's, and what stands for a credential that is elsewhere.
var versionLike = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:[=^~<>!v]*[0-9]+(?:\.[0-9x*]+)*(?:[-+.][\w.+-]*)?|[=^~<>!].*|\*|\$.*|\{\{.*|%\w+%)$`)
})

// withoutCredentials puts stars in the place of credentials, as many as they
// have bytes, so that columns stay what they are.
func withoutCredentials(line string) string {
	var b []byte
	for _, m := range credentials().FindAllStringSubmatchIndex(line, -1) {
		for group := 1; 2*group < len(m); group++ {
			start, end := m[2*group], m[2*group+1]
			if start < 0 || group >= credentialOrVersion && versionLike().MatchString(line[start:end]) {
				continue
			}
			if b == nil {
				b = []byte(line)
			}
			for i := start; i < end; i++ {
				b[i] = '*'
			}
		}
	}
	if b == nil {
		return line
	}
	return string(b)
}
