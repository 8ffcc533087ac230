package shell_test

import (
	. "figment/scanner/extract"
	"figment/scanner/extract/extracttest"
	"slices"
	"strings"
	"testing"

	"figment/scanner/source"
)

// shellNames lists what a script installs, without repetition, and the texts of
// its problems.
func shellNames(t *testing.T, path, text string) (names []string, problems string) {
	t.Helper()
	file := &source.File{Path: path, Data: []byte(text)}
	refs, bad := File(file)
	extracttest.Check(t, file, refs)
	for _, r := range refs {
		if r.Kind != Mention && r.From == FromRegistry {
			names = append(names, r.Name)
		}
	}
	slices.Sort(names)
	for _, p := range bad {
		problems += p.Text + "\n"
	}
	return slices.Compact(names), problems
}

func TestShellExpansion(t *testing.T) {
	for _, c := range []struct {
		text, want string
		told       bool
	}{
		{`pip install $'\x7aone' $'\172two' $'\u007athree' $'a\'b'`, "zone zthree ztwo", false},
		{`pip install $"one"`, "one", false},
		{`pip install "req"'uests' fl\ask`, "flask requests", false},
		{"pip install req\\\nuests", "requests", false},
		{`p"i"p install one`, "one", false},
		{`pip install {one,two}`, "one two", false},
		{`pip install a{b,c{d,e}}f`, "abf acdf acef", false},
		{`pip install pkg{1..3} x{a..c..2}`, "pkg1 pkg2 pkg3 xa xc", false},
		{`pip install pkg{08..10}`, "pkg08 pkg09 pkg10", false},
		{`yarn add @types/{node,"react"}`, "@types/node @types/react", false},
		{`{pip,install,one}`, "one", false},
		{"P=flask; pip install $P", "flask", false},
		{`V=z\q44b; pip install $V`, "zq44b", false},
		{"P='flask django'\npip install $P", "django flask", false},
		{"P=flask\nP+=-cors\npip install \"$P\"", "flask-cors", false},
		{"pkgs=(a1 b1)\npkgs+=(c1)\npip install \"${pkgs[@]}\"", "a1 b1 c1", false},
		{"set -- a1 b1\nnpm i \"$@\"", "a1 b1", false},
		{"for p in a1 b1; do npm i @s/$p; done", "@s/a1 @s/b1", false},
		{"pip install ${P:-flask}", "flask", true},
		{"pip install $(echo one two)", "one two", false},
		{"pip install $P", "", true},
		{"pip install \"$@\"", "", true},
		{"npm i one $EXTRA two", "one two", true},
		{"npx \"$TOOL\"", "", true},
		{"go install $MOD@latest", "", true},
		{"pip install one$SUFFIX", "", true},
		{"pip install $PIP_FLAGS one", "one", false},
		{"PIP_FLAGS=$(cat x); pip install $PIP_FLAGS", "", true},
		{"pip install -r $REQ", "", true},
		{"pip install ./$X \"$DIR/x.whl\" $(pwd)", "", false},
		{"pip install one==$V", "one", false},
		{"ssh h <<E\npip install one\nE", "one", false},
		{"ssh h <<'E'\npip install one\nE", "one", false},
		{"sudo -u x bash -s <<E\npip install one\nE", "one", false},
		{"cat <<E | sudo sh\npip install one\nE", "one", false},
		{"bash <<< 'pip install one'", "one", false},
		{"echo 'pip install one' | bash", "one", false},
		{"printf 'pip install %s\\n' one two | sh", "one two", false},
		{"docker exec -i c bash <<E\nnpm i one\nE", "one", false},
		{"eval \"pip install one\"; bash -c \"npm i two\"", "one two", false},
		{"printf \"one\\ntwo\\n\" > requirements.txt", "one two", false},
		{"printf '%s\\n' one two > requirements.txt", "one two", false},
		{"{ echo one; echo two; } > requirements.txt", "one two", false},
		{"echo -e 'one\\ntwo' | tee requirements.txt", "one two", false},
		{"xargs pip install <<E\none two\nE", "one two", false},
		{"printf 'one\\ntwo\\n' | xargs -n1 npm i", "one two", false},
		{"f() { pip install one; }; f", "one", false},
		{"env -i A=1 nohup time command pip install one", "one", false},
		{"diff <(pip install one) x", "one", false},
		{"corepack pnpm@9 add one", "one", false},
		{"scfw run pip install one; pmg npm i two; aikido-npm i three", "one three two", false},
		{"claude mcp add x -e A=b -- npx -y one", "one", false},
		{"yarn workspace w add one; yarn workspaces foreach -A add two", "one two", false},
		{"npx expo install one", "expo one", false},
		{"pnpm -w add one; pnpm add -Dw two; pnpm up three", "one three two", false},
		{"npm i -w web one --location global", "one", false},
		{"npm i a@workspace:* b@file:../b c@link:../c d@github:u/d e@git+https://h.io/e.git f@u/f git@h.io:u/g.git h@./h.tgz ./i j@npm:k@1", "k", false},
		{"pip install a@git+https://h.io/a ./d e.whl -e f git+https://h.io/g#egg=g 'h @ https://h.io/h.whl'", "", false},
		{"pip install --unheard-of one", "one", false},
		{"pip install --upgrade-strat eager -Ut dir one", "one", false},
		{"git commit -m \"$(cat <<'T'\npip install one\nT\n)\"", "", false},
		{"npm i one, two", "one two", false},
		{"trap \"npm install one\" EXIT; trap -- 'npm i two' INT TERM; trap - EXIT; trap", "one two", false},
		{"find . -name x -exec pip install one \\; -execdir npm i two {} +; fd -e x -x sh -c 'npm i three {}'", "one three two", false},
		{"npx -c \"foo bar\"; npx -p one -c 'npm i two'; npm exec --call='npm i three'", "one three two", false},
		{"cat names | xargs pip install", "", true},
		{"xargs -a names npm i <<< one", "", true},
		{"ls | xargs -n1 npm view; xargs rm; cat x | xargs -I{} cp {} y", "", false},
		{"echo one two | xargs -n1 npm i; echo three | xargs -I% npm i % --save; printf 'four\\n' | xargs -I{} sh -c 'npm i @s/{}'", "@s/four one three two", false},
		{"parallel npm i ::: one two; parallel ::: 'npm i three'; parallel npm i {}@1 ::: four", "four one three two", false},
		{"pip install -r /dev/stdin <<E\none\nE\nuv pip install -r - <<< two; echo three | pip3 install --requirement=/dev/stdin", "one three two", false},
		{"pip install -r <(echo one) -r <(printf '%s\\n' two three)", "one three two", false},
		{"pip install -r <(curl https://h.io/r.txt)", "", true},
		{"pip install -r /dev/stdin", "", true},
		{"p{ip,one} install two; p{i..i}p install three; np{m..m} i four", "four three", false},
		{"A=pi; ${A}p install one", "one", false},
		{"env -S 'pip install one'; env -S 'A=b npm i' two; env --split-string=\"npm i 'three'\"; env -i -S\"npm i four\"", "four one three two", false},
		{"nohup npm i one & timeout -k 5 5 npm i two; cross-env A=1 B=2 npm i three; strace -f -o t npm i four; gosu u npm i five", "five four one three two", false},
		{"watch npm i one; watch -n 5 'npm i two'; watch -d npm 'i three'", "one three two", false},
		{"su -c 'npm i one' u; su - u -c 'npm i two'; runuser -u u -- npm i three; runuser u -c 'npm i four'; sg g 'npm i five'", "five four one three two", false},
		{"ssh -p 2 h 'npm i one'; ssh h npm i two; ssh h cd x '&&' npm i three", "one three two", false},
		{"eval 'npm i one'; eval npm 'i two'; eval npm i \"three\"; X='npm i four'; eval $X; eval \"$X five\"", "five four one three two", false},
		{"eval \"npm i $Y\"", "", true},
		{"eval \"$(ssh-agent -s)\"; eval $Y; sh -c \"$Y\"", "", false},
		{"alias i='npm i one' ll='ls -l'", "one", false},
		{"op run --env-file x -- npm i one; kubectl exec p -- npm i two; git checkout -- npm i three", "one two", false},
		{"flock /x -c 'npm i one'; flock -n /x npm i two; screen -dmS x npm i three; tmux new 'npm i four'", "four one three two", false},
		{"concurrently -n a,b 'npx one' \"npm:x\" \"npm i two\"; npm-run-all x y; run-p x; nodemon --exec 'npx three'", "one three two", false},
		{"node -r one/register --import=two -r ./x a.js -r no; node --require @s/three; ts-node -r four a.ts; mocha --require five", "@s/three five four one two", false},
		{"NODE_OPTIONS='--require one' node a.js; export NODE_OPTIONS=\"--import two --max-old-space-size=1\"; cross-env NODE_OPTIONS='-r three' x; NODE_OPTIONS=--loader=four x", "four one three two", false},
		{"node -e \"require('one')\"; node -pe 'require(\"two\")'; cross-env A=1 node -p 'require(\"three\")'", "one three two", false},
		{"npm i 'one>=1' '@s/two<3' three@^1", "@s/two one three", false},
	} {
		names, problems := shellNames(t, "a.sh", c.text+"\n")
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
		if told := problems != ""; told != c.told {
			t.Errorf("%q: told %v (%s)", c.text, told, problems)
		}
	}
}

// TestShellPanic: what fails inside the parser costs the structure, not the names.
func TestShellPanic(t *testing.T) {
	for i, text := range []string{"TOTAL=$(( -o 2\npip install flask\n", "x=$((a[ -o\npip install flask\n", "if [[ $(( -o 2\npip install flask\n"} {
		names, _ := shellNames(t, "a.sh", text)
		if !slices.Equal(names, []string{"flask"}) {
			t.Errorf("%q: %v", text, names)
		}
		_, problems := File(&source.File{Path: "a.sh", Data: []byte(text)})
		crashed := slices.ContainsFunc(problems, func(p source.Problem) bool { return p.Why == source.Crashed })
		if first := i == 0; crashed != first { // the others are errors of the parser, no panics
			t.Errorf("%q: told %v", text, problems)
		}
	}
}

// TestShellBounds: a short text makes no long list, and a deep one no deep stack.
func TestShellBounds(t *testing.T) {
	for _, text := range []string{
		"pip install " + strings.Repeat("{a,b}", 40),
		"pip install x{1..999999999}",
		"A={" + strings.Repeat("a,", 200) + "b}\nP=$A$A$A$A\npip install $P$P$P",
		"P=a\n" + strings.Repeat("P=$P$P\n", 60) + "pip install $P",
		strings.Repeat("\"$(", 60_000) + " pip install x",
	} {
		names, problems := shellNames(t, "a.sh", text+"\n")
		if len(names) > 10_000 {
			t.Errorf("%.40q: %d names", text, len(names))
		}
		if problems == "" {
			t.Errorf("%.40q: not a word", text)
		}
	}
	refs, _ := File(&source.File{Path: "a.sh", Data: []byte("pip install " + strings.Repeat("a ", MaxReferences*3))})
	if len(refs) > MaxReferences {
		t.Errorf("%d references", len(refs))
	}
}
