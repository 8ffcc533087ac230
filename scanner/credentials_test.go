package scanner

import (
	"strings"
	"testing"
)

// TestWithoutCredentials: a line that a report repeats has no credentials, and
// its columns are what they were.
func TestWithoutCredentials(t *testing.T) {
	for line, want := range map[string]string{
		`pip install --extra-index-url https://u:hunter2@h.example/s zzq`: `pip install --extra-index-url https://*********@h.example/s zzq`,
		`pip install -i https://u:a/b@c@h.example/s zzq`:                  `pip install -i https://*******@h.example/s zzq`,
		`npm i zzq --registry http://localhost:4873/@scope/`:              `npm i zzq --registry http://localhost:4873/@scope/`,
		`pip install -i u:hunter2@h.example/s zzq`:                        `pip install -i u:*******@h.example/s zzq`,
		`deno add jsr:cases@1/mod npm:react@18/x`:                         `deno add jsr:cases@1/mod npm:react@18/x`,
		`"a": "git+https://ghp_abcdef@h.example/a"`:                       `"a": "git+https://**********@h.example/a"`,
		`NPM_TOKEN=abcdefghijklmnop pip install zzq`:                      `NPM_TOKEN=**************** pip install zzq`,
		`//registry.example/:_authToken=abcdefghijklmnop`:                 `//registry.example/:_authToken=****************`,
		`"api-key": "0123456789abcdef"`:                                   `"api-key": "****************"`,
		`"csrf-token": "^1.0.0", "@scope/passwd": "1"`:                    `"csrf-token": "^1.0.0", "@scope/passwd": "1"`,
		`"a": "https://h.example/a.tgz?sig=abcdef123"`:                    `"a": "https://h.example/a.tgz?sig=*********"`,
		`curl -H "Authorization: Bearer abcdef" x && npm i zzq`:           `curl -H "Authorization: *************" x && npm i zzq`,
		`npm i zzq --otp 123456 --token=abcdefgh`:                         `npm i zzq --otp ****** --token=********`,
		`npm i code --auth-type=web --save-dev zzq`:                       `npm i code --auth-type=web --save-dev zzq`,
		`tokenizers==0.15.0`:                                              `tokenizers==0.15.0`,
		`NODE_AUTH_TOKEN=x npm i zzq`:                                     `NODE_AUTH_TOKEN=* npm i zzq`,
		`npm_config__authToken=abc npm i zzq`:                             `npm_config__authToken=*** npm i zzq`,
		`npm i zzq --//r.example/:_authToken=abc`:                         `npm i zzq --//r.example/:_authToken=***`,
		`pnpm add zzq --config.//r/:_authToken=abc`:                       `pnpm add zzq --config.//r/:_authToken=***`,
		`import "https://esm.sh/zzq?token=abc"`:                           `import "https://esm.sh/zzq?token=***"`,
		`twine upload -u x -p abc dist/*`:                                 `twine upload -u x -p *** dist/*`,
		`curl -u me:abc https://h.example/zzq`:                            `curl -u me:*** https://h.example/zzq`,
		`docker login -u me --password=abc && npm i zzq`:                  `docker login -u me --password=*** && npm i zzq`,
		`pip install zzq # ghp_0123456789abcdefghij`:                      `pip install zzq # ************************`,
		`export DB_PASSWORD='a b'; pip install zzq`:                       `export DB_PASSWORD='***'; pip install zzq`,
		`npm i zzq --token ${{ secrets.NPM }}`:                            `npm i zzq --token *** secrets.NPM }}`,
		`- python-token=1.2.3`:                                            `- python-token=1.2.3`,
		`TOKEN=$NPM_TOKEN npm i zzq`:                                      `TOKEN=$NPM_TOKEN npm i zzq`,
		`"csrf-token": "^1.0.0-beta.1234"`:                                `"csrf-token": "^1.0.0-beta.1234"`,
		`docker run -p 80:80 zzq`:                                         `docker run -p 80:80 zzq`,
		`npm i zzq -u`:                                                    `npm i zzq -u`,
		`import x from "@scope/a"`:                                        `import x from "@scope/a"`,
	} {
		if got := withoutCredentials(line); got != want {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
}

// TestManyCredentials: on a line of many each is hidden.
func TestManyCredentials(t *testing.T) {
	for _, unit := range []string{`"resolved":"https://u:hunter2@h.example/a" `, "twine https://u:hunter2@h.example ", "--x https://hunter2@h.example ", "AKIAhunter2hunter234-"} {
		if got := withoutCredentials(strings.Repeat(unit, 3000)); strings.Contains(got, "hunter2") {
			t.Errorf("%s: %s", unit, got[len(got)-200:])
		}
	}
}
