package composer

import (
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/extract/shell"
)

// commands are those of Composer.
func commands() *shell.Tools {
	return &shell.Tools{
		Ecosystem: ecosystem.Composer,
		Commands: []shell.Command{
			{Programs: "composer composer.phar", Subs: "require|req|global require", Ecosystem: ecosystem.Composer, Values: composerValues, Read: readComposer},
			{Programs: "composer composer.phar", Subs: "create-project", Ecosystem: ecosystem.Composer, Values: composerValues, Read: shell.ReadFirst},
		},
		Managers: "composer",
		Lines:    "composer",
		Signs:    []string{"composer"},
		Wrappers: []shell.Wrapper{{Programs: "php", Inner: archive}},
	}
}

// archive gives the command of an archive that php runs: php /x/composer.phar.
func archive(ws []shell.Word) []shell.Word {
	if len(ws) > 1 && strings.HasSuffix(ws[1].Text, "composer.phar") {
		return ws[1:]
	}
	return nil
}

// composerValues are the options that take a value, of Composer 2
// (src/Composer/Command, and doc/03-cli.md).
const composerValues = "-d --working-dir --ignore-platform-req --apcu-autoloader-prefix --audit-format --prefer-install --repository --repository-url -s --stability"

// readComposer reads names, each with a constraint in its word or in the next one.
func readComposer(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	list := shell.Args(words, cmd)
	var flags extract.Flags
	for _, a := range list {
		if a.Flag == "--dev" {
			flags |= extract.Dev
		}
	}
	for i, a := range list {
		t := a.Word.Text
		if a.Flag != "" || !strings.Contains(t, "/") || extract.IsPathOrURL(t) {
			continue
		}
		end := len(t)
		constraint := ""
		if k := strings.IndexAny(t, ":= "); k > 0 {
			end, constraint = k, strings.TrimSpace(t[k+1:])
		} else if i+1 < len(list) && list[i+1].Flag == "" && !strings.Contains(list[i+1].Word.Text, "/") {
			constraint = list[i+1].Word.Text
		}
		c.Reference(extract.Reference{Ecosystem: cmd.Ecosystem, Name: t[:end], Constraint: constraint, Span: a.Word.Span(0, end), Flags: cmd.Flags | flags})
	}
}
