// The timeline: a row for each moment, those of the clients with their length, drawn against the whole experiment.
function rowsOf(cell) {
	const ours = {
		steady: 'Steady: the gateway serves its upstream’s answers', injected: 'The fault is injected',
		confirmed: 'The fault is confirmed, without the gateway', undone: 'The fault is undone',
	};
	const rows = (cell.events || []).map(m => ({at: m.at_ms, end: m.at_ms, who: m.source, what: m.source === 'harness' ? ours[m.what] || m.what : m.what}));
	for (const o of cell.observations) {
		if (o.at_ms === undefined) continue;
		rows.push({
			at: o.at_ms - o.connect_ms, sent: o.at_ms, first: o.at_ms + (o.first_byte_ms ?? o.took_ms), end: o.at_ms + o.took_ms, who: 'client',
			what: o.probe + ' (' + o.nonce + '): ' + said(o) + '; ' + phases(o),
		});
	}
	return rows.sort((a, b) => a.at - b.at);
}

function phases(o) {
	const parts = [];
	if (o.connect_ms) parts.push('connected in ' + time(o.connect_ms) + (o.tls_ms ? ', ' + time(o.tls_ms) + ' of it TLS' : ''));
	if (o.first_byte_ms) parts.push('first byte after ' + time(o.first_byte_ms));
	if (o.head_ms) parts.push('head after ' + time(o.head_ms));
	parts.push('end after ' + time(o.took_ms));
	return parts.join(', ');
}

function time(ms) {
	return ms < 10 ? ms.toFixed(1) + ' ms' : ms < 1000 ? ms.toFixed(0) + ' ms' : (ms / 1000).toFixed(2) + ' s';
}

function shape(kind, from, to) {
	const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
	rect.setAttribute('class', kind);
	rect.setAttribute('x', from + '%');
	rect.setAttribute('width', to === undefined ? '3' : to - from + '%');
	rect.setAttribute('height', '100%');
	return rect;
}

// scale returns where a time is drawn, from 0 to 100, and how long all of it was. Between two times that matter the picture gives as much room as the wait has
// binary digits, so that what took a millisecond can be seen beside a wait of a second.
function scale(rows) {
	const times = [...new Set(rows.flatMap(r => [r.at, r.sent ?? r.at, r.first ?? r.at, r.end]))].sort((a, b) => a - b), places = new Map();
	let sum = 0;
	times.forEach((t, i) => places.set(t, sum += i ? Math.log2(1 + t - times[i - 1]) : 0));
	return [t => 99 * (places.get(t) ?? 0) / (sum || 1), times.at(-1) - times[0]];
}

function timeline(cell) {
	const rows = rowsOf(cell);
	const [place, span] = scale(rows);
	const at = what => (cell.events || []).find(m => m.source === 'harness' && m.what === what)?.at_ms;
	const picture = row => {
		const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
		svg.setAttribute('aria-hidden', 'true');
		svg.append(shape('ground', 0, 100));
		if (at('injected') !== undefined) svg.append(shape('force', place(at('injected')), at('undone') === undefined ? 100 : place(at('undone'))));
		if (row.who === 'client') {
			svg.append(shape('wait', place(row.at), place(row.sent)), shape('client', place(row.sent), Math.max(place(row.end), place(row.sent) + .5)));
			if (row.first < row.end) svg.append(shape('answer', place(row.first), place(row.end)));
		} else {
			svg.append(shape(row.who, place(row.at)));
		}
		return svg;
	};
	const names = {harness: 'the harness', client: 'client', upstream: 'upstream', resolver: 'nameserver'};
	const key = 'Long waits are drawn short. Tinted: the fault. Of a request, grey: connecting, blue: waiting, and then the answer.';
	return element('div', {}, element('p', {}, key), element('table', {class: 'chart timeline'},
		element('thead', {}, element('tr', {}, ...['ms', 'who', 'what', 'in all ' + time(span)].map(h => element('th', {scope: 'col'}, h)))),
		element('tbody', {}, ...rows.map(row => element('tr', {},
			element('td', {class: 'when'}, (row.at - rows[0].at).toFixed(1)), element('td', {class: 'who'}, names[row.who] || row.who), element('td', {}, row.what), element('td', {class: 'picture'}, picture(row)))))));
}
