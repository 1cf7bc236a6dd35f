// A cell, opened. Everything in it is made of elements and text: nothing that was recorded is ever read as HTML.
function element(name, attributes, ...children) {
	const e = document.createElement(name);
	for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
	e.append(...children.filter(c => c !== undefined && c !== ''));
	return e;
}

function said(o) {
	const answer = o.status ? o.status + ' by ' + o.by : 'no answer';
	return (o.grpc_status ? answer + ', grpc-status ' + o.grpc_status : answer) + ', ' + o.end;
}

function facts(pairs) {
	const list = element('dl', {});
	for (const [name, value] of pairs) if (value !== undefined && value !== '') list.append(element('dt', {}, name), element('dd', {}, value));
	return list;
}

function section(title, ...children) { return element('section', {}, element('h3', {}, title), ...children) }

function linked(text, url) { return /^https?:/.test(url) ? element('a', {href: url, rel: 'noopener noreferrer', target: '_blank'}, text) : text }

function expectations(cell) {
	return element('table', {class: 'chart'},
		element('thead', {}, element('tr', {}, ...['policy', 'expects', 'so it is a', 'because'].map(h => element('th', {scope: 'col'}, h)))),
		element('tbody', {}, ...cell.wanted.map(w => element('tr', {},
			element('th', {scope: 'row'}, w.policy), element('td', {}, w.expected), element('td', {class: w.verdict}, w.verdict), element('td', {}, linked(w.source, w.url))))));
}

function answer(o, open) {
	const fields = Object.entries(o.header || {}).flatMap(([name, values]) => values.map(value => name + ': ' + value));
	const shown = element('details', open ? {open: ''} : {}, element('summary', {}, o.probe + ' → ' + said(o)),
		facts([['ended', o.error], ['times', phases(o)], ['reached the upstream', o.nonce && o.upstream_hits + (o.upstream_hits === 1 ? ' time' : ' times')], ['connection afterwards', o.after]]));
	if (fields.length) shown.append(element('pre', {}, fields.join('\n')));
	if (o.body) shown.append(element('p', {}, 'Body, ' + o.body_bytes + ' bytes:'), element('pre', {}, o.body));
	return shown;
}

function replay(cell) {
	const command = element('code', {}, cell.replay), told = element('span', {role: 'status'}), button = element('button', {type: 'button'}, 'Copy');
	button.addEventListener('click', async () => {
		try {
			await navigator.clipboard.writeText(cell.replay);
			told.textContent = 'Copied';
		} catch {
			getSelection().selectAllChildren(command);
			told.textContent = 'Selected: copy it with the keyboard';
		}
	});
	return element('p', {class: 'replay'}, command, button, told);
}

function share(s) {
	const avoided = s.ejected_after < 0 ? 'it was never avoided' : 'it was avoided after ' + s.ejected_after;
	return element('li', {}, s.method + ': of ' + s.requests + ' requests ' + s.failed + ' were not served and ' + s.delayed + ' were served late; ' + avoided);
}

// Of a run that ended before the fault was undone nobody can tell: there is nothing to say.
function recovered(run, after, never) {
	if (run.recovery_ms < 0) return run.verdict === 'fail' ? never : undefined;
	return after + time(run.recovery_ms);
}

function runs(cell) {
	return element('ul', {}, ...cell.runs.map(r => element('li', {}, [r.verdict, r.observed, r.reason, recovered(r, 'service after ', 'service did not come back')].filter(Boolean).join(': '))));
}

function openCell(link) {
	const cell = line(1 + Number(link.dataset.n)), about = line(0)[cell.id] || {};
	const close = element('button', {type: 'button'}, 'Close');
	close.addEventListener('click', () => dialog.close());
	const words = {known: 'known deviation'};
	const parts = [
		element('header', {}, element('h2', {id: 'cell-title', tabindex: '-1', autofocus: ''}, cell.id + ' on ' + cell.gateway + ' ' + cell.version + ', ' + cell.setting), close),
		element('p', {}, cell.title),
		facts([
			['verdict', element('span', {class: cell.kind}, signs[cell.kind] + ' ' + (words[cell.kind] || cell.kind))], ['expected', cell.expected], ['observed', cell.observed],
			['reason', cell.reason], ['known deviation', cell.known_deviation && linked(cell.known_deviation, cell.known_deviation_link)], ['evidence of the fault', cell.evidence],
			['service after the fault', recovered(cell, 'back after ', 'did not come back')],
		]),
	];
	if (cell.replay) parts.push(section('Replay', replay(cell)));
	if (cell.checks.length) parts.push(section('Promises broken', element('ul', {}, ...cell.checks.map(c => element('li', {}, c.name + (c.of ? ' of ' + c.of : '') + ': got ' + c.got + ', want ' + c.want)))));
	if (cell.remedies) parts.push(section('What people did about it', element('ul', {}, ...cell.remedies.map(a => element('li', {}, a.remedy + ': ' + (a.outcome || 'nobody can tell') + ': ' + a.reason)))));
	if (cell.wanted.length) parts.push(section('Expected by policy', expectations(cell)));
	if (cell.observations.length) {
		if (cell.observations.some(o => o.at_ms !== undefined)) parts.push(section('What happened', timeline(cell)));
		parts.push(section('What clients got', ...cell.observations.map((o, i) => answer(o, i === cell.telling))));
		parts.push(section('What the gateway logged', cell.log.length ? element('pre', {}, cell.log.join('\n')) : element('p', {}, 'Nothing.')));
	} else if (cell.log.length) parts.push(section('What the gateway logged', element('pre', {}, cell.log.join('\n'))));
	if (cell.runs) parts.push(section('Runs', runs(cell)));
	if (cell.counts) parts.push(section('Under load', element('ul', {}, ...Object.entries(cell.counts).map(([answer, n]) => element('li', {}, n + ' × ' + answer)))));
	if (cell.pool) parts.push(section('While one of two members was broken', element('ul', {}, ...cell.pool.map(share))));
	if (cell.kept.length) parts.push(section('Promises kept', element('p', {}, cell.kept.join(', '))));
	if (about.what) parts.push(section('The experiment', facts([['is', about.what], ['made', about.made], ['confirmed', about.confirmed], ['tolerated', about.tolerated]])));
	if (cell.dropped) parts.push(element('p', {}, cell.dropped + ' more entries are in results.json.'));
	dialog.replaceChildren(...parts);
	if (dialog.open) return;
	link.focus(); // Where closing leads back to.
	dialog.showModal();
}

filters.hidden = false;
for (const a of links) a.tabIndex = -1;
if (links.length) stand(links[0]);
addEventListener('popstate', show); // A change of the fragment by hand is one, too.
show();
