'use strict';
const STORE = 'postern-migrate';
// So many places that a search has found are shown at once.
const FEW = 20;
// cyrb53: short names for what is ticked, as browsers keep some megabytes for a page.
const short = text => {
  let a = 0xdeadbeef, b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 2654435761);
    b = Math.imul(b ^ c, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
};
const load = () => {
  try {
    return new Set((localStorage.getItem(STORE) || '').split(' '));
  } catch (e) {
    return new Set();
  }
};
const ticked = load();
let waiting = 0;
const keep = () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    try {
      localStorage.setItem(STORE, [...ticked].filter(Boolean).join(' '));
    } catch (e) {
      document.querySelector('#kept').hidden = false;
    }
  }, 100);
};

// A place is [ingress, host and path, value, file:line]. Its row is made when it is looked at.
const groups = [...document.querySelectorAll('article')].map(article => {
  const says = article.querySelector('.says').textContent;
  const verdict = article.parentElement.className;
  const places = JSON.parse(article.querySelector('script').textContent).map(place => ({
    place,
    key: short(verdict + says + place[0] + ' ' + place[1]),
    text: place.join(' ').toLowerCase(),
    found: true,
    row: null,
  }));
  return {article, verdict, places, text: says.toLowerCase(),
    box: article.querySelector('input'), list: article.querySelector('ul')};
});
const byArticle = new Map(groups.map(group => [group.article, group]));
const total = groups.reduce((sum, group) => sum + group.places.length, 0);
let done = 0;

const add = (row, name, text) => {
  const part = document.createElement(name);
  part.textContent = text;
  row.append(part);
  return part;
};
const show = group => {
  const rows = [];
  for (const each of group.places) {
    if (!each.row && each.found) {
      const [ingress, where, value, line] = each.place;
      each.row = document.createElement('li');
      const box = add(each.row, 'input', '');
      box.type = 'checkbox';
      box.ariaLabel = 'done';
      add(each.row, 'span', where);
      add(each.row, 'small', ingress);
      if (value) {
        add(each.row, 'code', value);
      }
      add(each.row, 'small', line);
      mark(each, ticked.has(each.key));
    }
    if (each.row && each.found) {
      rows.push(each.row);
    }
  }
  group.list.replaceChildren(...rows);
};
const isShown = group => {
  const details = group.article.querySelector('details');
  return !details || details.open;
};
const mark = (each, on) => {
  if (on) {
    ticked.add(each.key);
  } else {
    ticked.delete(each.key);
  }
  if (each.row) {
    each.row.querySelector('input').checked = on;
    each.row.classList.toggle('done', on);
  }
};
const sum = group => {
  const on = group.places.filter(each => ticked.has(each.key)).length;
  done += on - (group.on || 0);
  group.on = on;
  group.box.checked = on === group.places.length;
  group.box.indeterminate = on > 0 && on < group.places.length;
  group.article.classList.toggle('done', group.box.checked);
};
const progress = () => {
  document.querySelector('progress').value = done / Math.max(1, total);
  document.querySelector('#done').textContent = done + ' of ' + total + ' ticked off';
};

const search = document.querySelector('[type=search]');
const hideDone = document.querySelector('#hide-done');
const verdicts = [...document.querySelectorAll('[name=verdict]')];
const filter = () => {
  const words = search.value.toLowerCase().split(' ').filter(Boolean);
  const shown = new Set(verdicts.filter(box => box.checked).map(box => box.value));
  for (const group of groups) {
    const wanted = shown.has(group.verdict);
    for (const each of group.places) {
      each.found = wanted && !(hideDone.checked && ticked.has(each.key))
        && words.every(word => group.text.includes(word) || each.text.includes(word));
    }
    const found = group.places.filter(each => each.found).length;
    group.article.hidden = found === 0;
    const summary = group.article.querySelector('summary');
    if (summary) {
      summary.textContent = (found === group.places.length ? '' : found + ' of ')
        + group.places.length + ' places';
    }
    if (summary && words.length > 0 && found > 0 && found <= FEW) {
      group.article.querySelector('details').open = true;
    }
    if (found > 0 && isShown(group)) {
      show(group);
    }
  }
  for (const section of document.querySelectorAll('section')) {
    section.hidden = !section.querySelector('article:not([hidden])');
  }
};

groups.forEach(sum);
document.addEventListener('toggle', event => {
  const group = byArticle.get(event.target.closest('article'));
  if (group && event.target.open) {
    show(group);
  }
}, true);
document.addEventListener('change', event => {
  const box = event.target;
  const group = byArticle.get(box.closest('article'));
  if (group) {
    // What a search or filter hides is not meant.
    group.places
      .filter(each => box === group.box ? each.found : each.row && each.row.contains(box))
      .forEach(each => mark(each, box.checked));
    sum(group);
    progress();
    keep();
  } else {
    filter();
  }
});
let typing = 0;
search.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(filter, 150);
});
let opened = [];
addEventListener('beforeprint', () => {
  opened = [...document.querySelectorAll('details:not([open])')];
  opened.forEach(each => {
    each.open = true;
    const group = byArticle.get(each.closest('article'));
    if (group && !group.article.hidden) {
      show(group);
    }
  });
});
addEventListener('afterprint', () => opened.forEach(each => { each.open = false; }));
document.querySelector('.bar').hidden = false;
progress();
filter();
