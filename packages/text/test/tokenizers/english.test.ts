import { describe, expect, it } from 'vitest';
import { englishTokenizer } from '../../src/tokenizers/english.ts';

const split = (text: string) => englishTokenizer(text).join(' ');

describe('the English tokenizer', () => {
  it.each([
    ["I can't say he won't, shan't or ain't", "i ca n't say he wo n't , sha n't or ai n't"],
    ["It's they're I've we'll she'd I'm", "it 's they 're i 've we 'll she 'd i 'm"],
    ["I'd've and can't've", "i 'd 've and ca n't 've"],
    ["O'Brien's rock'n'roll, the dogs' 'quoted' words", "o'brien 's rock'n'roll , the dogs ' ' quoted ' words"],
    ['cannot gonna wanna', 'cannot gonna wanna'],
    ['Mr. Smith vs. Dr. Who etc. in the U.S. at 9 p.m.', 'mr. smith vs. dr. who etc. in the u.s. at 9 p.m.'],
    ['e.g. this, i.e. that. The end.', 'e.g. this , i.e. that . the end .'],
    [
      'a well-made, feel-good film - or two -- three --- four',
      'a well-made , feel-good film - or two -- three -- four',
    ],
    ['wait... what.. end....', 'wait ... what ... end ...'],
    ['Who?!? (Him/her) [sic]', 'who ? ! ? ( him / her ) [ sic ]'],
    ["7/10, 1,000.50, 9:30, $5 10% 1970s 2nd '80s #1", "7/10 , 1,000.50 , 9:30 , $ 5 10 % 1970s 2nd '80s # 1"],
    ['**** out of *****', '**** out of *****'],
    ['nice :-) sad :( <3', 'nice :-) sad :( <3'],
    ['see http://www.imdb.com/title/tt1. Mail a.b@c.org!', 'see http://www.imdb.com/title/tt1 . mail a.b@c.org !'],
    ['"Quoted" ``so\'\'', '" quoted " `` so \'\''],
  ])('splits %s', (text, tokens) => {
    expect(split(text)).toBe(tokens);
  });

  it.each([
    ['end.<br /><br />Next <i>one</i> a < b', 'end . next one a < b'],
    ['Q&amp;A &quot;x&quot; &lt;b&gt;', 'q & a " x " < b >'],
    ['“curly” ‘quotes’ don’t — dash… «so»', '" curly " \' quotes \' do n\'t -- dash ... " so "'],
    ['It\u0092s a \u0093test\u0094 \u0096 ok\u0085', 'it \'s a " test " -- ok ...'],
    ['cafe\u0301 CAF\u00c9 nai\u0308ve', 'caf\u00e9 caf\u00e9 na\u00efve'],
  ])('reads %s as plain text', (text, tokens) => {
    expect(split(text)).toBe(tokens);
  });

  it.each([
    ['😀👍🏽 👨‍👩‍👧 🇫🇷❤️', '😀 👍🏽 👨‍👩‍👧 🇫🇷 ❤️'],
    ['とても良い映画', 'と て も 良 い 映 画'],
    ['Очень хороший фильм!', 'очень хороший фильм !'],
    ['बहुत अच्छी फ़िल्म', 'बहुत अच्छी फ़िल्म'],
    ['فيلم رائع', 'فيلم رائع'],
    ['영화가 좋다', '영화가 좋다'],
  ])('keeps other scripts and pictures: %s', (text, tokens) => {
    expect(split(text)).toBe(tokens.normalize('NFC'));
  });

  it('gives nothing for nothing', () => {
    expect(['', '  \n\t ', '<br /><br />', '\u200b\ufeff'].map(englishTokenizer)).toEqual([[], [], [], []]);
  });

  it('loses no sign but white space and what it cleans', () => {
    const text = 'aé1 !"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~ §±×÷ΩЖ中';
    expect(englishTokenizer(text).join('')).toBe(text.toLowerCase().replace(/\s/g, ''));
  });

  it('takes time in proportion to the text, whatever the text is', () => {
    for (const unit of [
      'a',
      'é',
      '1+',
      '_',
      '-',
      "n't",
      "'",
      'a-',
      '.',
      'a.',
      '<',
      '<a ',
      '&',
      ':-',
      '1,',
      'www.',
      'a@',
      '👨\u200d',
      '. ',
    ]) {
      const start = performance.now();
      englishTokenizer(unit.repeat(60_000));
      expect(performance.now() - start, unit).toBeLessThan(5_000);
    }
  });
});
