// The page's state is its fragment: filters by their names, and the cell that is open.
const byID = id => document.getElementById(id);
const filters = byID('filters'), matrix = byID('matrix'), dialog = byID('cell');
const links = [...matrix.querySelectorAll('a')];
const columns = [...matrix.tHead.rows[0].cells];
const signs = {pass: '✓', fail: '✗', known: '~', inconclusive: '?', unsupported: '–'};
let lines; // most of the page: of the cells, and before them of the experiments

function line(n) {
	lines ??= byID('data').textContent.split('\n');
	return JSON.parse(lines[n]);
}

function decoded(text) {
	try { return decodeURIComponent(text) } catch { return text }
}

function state() {
	const s = {};
	for (const part of location.hash.slice(1).split('&')) {
		const at = part.indexOf('=');
		if (at > 0) s[part.slice(0, at)] = decoded(part.slice(at + 1));
	}
	return s;
}

// go makes s the state, and a step in the browser's history.
function go(s) {
	const encoded = value => encodeURIComponent(value).replace(/%2F/g, '/').replace(/%2B/g, '+').replace(/%40/g, '@');
	const parts = Object.entries(s).filter(([, value]) => value).map(([name, value]) => name + '=' + encoded(value));
	if ('#' + parts.join('&') !== location.hash) history.pushState(null, '', '#' + parts.join('&'));
	show();
}

function keyOf(link) { return decoded(link.getAttribute('href').slice('#cell='.length)) }

// under is what the policy says, if it is another than that of the run: "rfc9209:fail" in the element's data.
function under(e, policy) {
	const said = policy && (e.dataset.under || '').split(' ').find(u => u.startsWith(policy + ':'));
	return said && said.slice(policy.length + 1);
}

// judge shows the verdict under the policy: that of the run, or another that it was held against.
function judge(link, policy) {
	link.dataset.own ??= link.className;
	const kind = under(link, policy) || link.dataset.own;
	if (kind === link.className) return;
	const word = link.textContent.split(' ').slice(0, -1).join(' ');
	link.className = kind;
	link.textContent = (word + ' ' + signs[kind]).trim();
	link.setAttribute('aria-label', [word, kind === 'known' ? 'known deviation' : kind].filter(Boolean).join(', '));
}

function filter(s) {
	for (const select of filters.querySelectorAll('select')) {
		select.value = s[select.name] || '';
		if (select.selectedIndex < 0) select.value = ''; // The link is of another report.
	}
	const chosen = Object.fromEntries(new FormData(filters));
	const out = columns.map(c => c.dataset.gateway && (chosen.gateway && c.dataset.gateway !== chosen.gateway || chosen.setting && c.dataset.setting !== chosen.setting));
	columns.forEach((c, i) => { c.hidden = out[i] });
	let seen = 0;
	for (const body of matrix.tBodies) {
		let rows = 0;
		for (const row of [...body.rows].slice(1)) {
			const want = row.cells[1];
			want.dataset.own ??= want.textContent;
			const wanted = under(want, chosen.policy) || want.dataset.own;
			if (want.textContent !== wanted) want.textContent = wanted;
			let here = 0;
			[...row.cells].forEach((cell, i) => {
				const link = cell.firstElementChild;
				cell.hidden = out[i];
				if (!link) return;
				judge(link, chosen.policy);
				link.hidden = Boolean(chosen.verdict && link.className !== chosen.verdict);
				if (!out[i] && !link.hidden) here++;
			});
			row.hidden = !here;
			if (here) rows++;
			if (!chosen.cause || body.dataset.cause === chosen.cause) seen += here;
		}
		body.hidden = !rows || Boolean(chosen.cause && body.dataset.cause !== chosen.cause);
	}
	byID('shown').textContent = seen + ' of ' + links.length + ' cells';
}

// Arrow keys lead from cell to cell; of all cells Tab stops at one.
let here;

function stand(link) {
	if (here) here.tabIndex = -1;
	here = link;
	here.tabIndex = 0;
}

function next(link, down, right) {
	const visible = a => a && a.offsetParent !== null;
	const rows = [...matrix.querySelectorAll('tbody tr:not(.cause)')];
	let row = rows.indexOf(link.closest('tr')), column = link.parentElement.cellIndex;
	for (;;) {
		row += down; column += right;
		const cell = rows[row]?.cells[column];
		if (!cell || column < 2) return link;
		if (visible(cell.firstElementChild)) return cell.firstElementChild;
	}
}

const steps = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]};
matrix.addEventListener('keydown', event => {
	const step = steps[event.key], link = event.target.closest('td a');
	if (!step || !link || event.altKey || event.ctrlKey || event.metaKey) return;
	event.preventDefault();
	stand(next(link, ...step));
	here.focus();
});
matrix.addEventListener('focusin', event => { if (event.target.matches('td a')) stand(event.target) });

// A link changes what it names of the state, and leaves the rest.
document.addEventListener('click', event => {
	const link = event.target.closest('a[href^="#"]');
	if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
	event.preventDefault();
	const at = link.getAttribute('href').indexOf('=');
	go({...state(), [link.getAttribute('href').slice(1, at)]: decoded(link.getAttribute('href').slice(at + 1))});
});
filters.addEventListener('change', () => go({...state(), ...Object.fromEntries(new FormData(filters))}));
filters.addEventListener('reset', event => { event.preventDefault(); go({}) });
dialog.addEventListener('close', () => { if (!dialog.open) go({...state(), cell: ''}) }); // It comes late: another cell may be open.

function show() {
	const s = state();
	filter(s);
	const link = s.cell && links.find(a => keyOf(a) === s.cell);
	if (s.cell && !link) byID('shown').textContent += '; there is no ' + s.cell;
	if (link) openCell(link);
	else if (dialog.open) dialog.close();
}
