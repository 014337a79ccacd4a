// SPDX-License-Identifier: GPL-2.0-only
// live - asks every two seconds whether something came, and then shows the page as it is now.
// The page is whole without it. What is fetched is parsed as a document, in which nothing runs.
"use strict";
(() => {
	const PERIOD_MS = 2000, AGE_MS = 60000;
	const status = document.getElementById("live");
	let title = document.title;
	let main = document.getElementById("main");
	let shown = Date.now(), unseen = 0;

	if (!("live" in main.dataset))
		return;

	function get(url, type, done) {
		const request = new XMLHttpRequest();

		request.open("GET", url);
		request.responseType = type;
		request.timeout = 10000;
		request.onloadend = () => {
			// A page for an error is no page of reports.
			done(request.status === 200 ? request.response : null);
		};
		request.send();
	}

	function say(text, lost) {
		if (status.textContent !== text)
			status.textContent = text;
		status.classList.toggle("lost", Boolean(lost));
	}

	function files(element) {
		return Array.from(element.querySelectorAll("[data-file]"), (row) => row.dataset.file);
	}

	// Whoever moves by keyboard stays where they were.
	function focusOn(href) {
		for (const link of main.querySelectorAll("a"))
			if (link.getAttribute("href") === href)
				return link.focus({preventScroll: true});
	}

	function mark(fresh, old) {
		let n = 0;

		for (const row of fresh.querySelectorAll("[data-file]")) {
			if (!old.includes(row.dataset.file)) {
				row.classList.add("new");
				n++;
			}
		}
		return n;
	}

	function show(page) {
		const fresh = page && page.getElementById("main");

		if (!fresh)
			return say("not reached; this page is old", true);
		const focus = main.contains(document.activeElement) &&
			document.activeElement.getAttribute("href");
		const n = mark(fresh, files(main));

		document.adoptNode(fresh);
		main.replaceWith(fresh);
		main = fresh;
		shown = Date.now();
		if (focus)
			focusOn(focus);
		unseen = document.hidden ? unseen + n : 0;
		title = page.title;
		document.title = unseen ? `(${unseen}) ${title}` : title;
		say(n ? `live: ${n} new` : "live");
	}

	function isOld(state) {
		return state !== main.dataset.state || Date.now() - shown > AGE_MS;
	}

	function ask() {
		get("/state", "text", (state) => {
			if (state === null)
				say("not reached; this page is old", true);
			else if (!isOld(state) && status.classList.contains("lost"))
				say("live");
			else if (isOld(state) && getSelection().isCollapsed) // what someone is about to copy stays
				return get(location.href, "document", (page) => {
					show(page);
					setTimeout(ask, PERIOD_MS);
				});
			setTimeout(ask, PERIOD_MS);
		});
	}

	document.addEventListener("visibilitychange", () => {
		unseen = 0;
		document.title = title;
	});
	say("live");
	setTimeout(ask, PERIOD_MS);
})();
