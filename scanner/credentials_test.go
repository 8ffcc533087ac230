package scanner

import "testing"

// TestWithoutCredentials: a line that a report repeats has no credentials, and
// its columns are what they were.
func TestWithoutCredentials(t *testing.T) {
	for line, want := range map[string]string{
		`pip install --extra-index-url https://u:hunter2@h.example/s zzq`: `pip install --extra-index-url https://*********@h.example/s zzq`,
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
		`import x from "@scope/a"`:                                        `import x from "@scope/a"`,
	} {
		if got := withoutCredentials(line); got != want {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
}
