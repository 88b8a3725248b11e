import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type OptionSpecs, Options } from './options.ts';

const SPECS: OptionSpecs = {
  switch: { help: '' },
  name: { value: 'X', help: '' },
  many: { value: 'X', multiple: true, help: '' },
};
const options = (...args: string[]): Options => new Options(args, SPECS);
const usage = { kind: 'usage' };

test('options and operands in any order', () => {
  const given = options('--name', 'a', 'file', '--switch', '--many=1', '--many', '2');
  assert.equal(given.flag('switch'), true);
  assert.equal(given.required('name'), 'a');
  assert.deepEqual(given.list('many'), ['1', '2']);
  assert.equal(given.operand('file'), 'file');
  assert.equal(given.optionalOperand('file'), 'file');
  assert.equal(options().optionalOperand('file'), undefined);
  assert.equal(options().flag('switch'), false);
  assert.equal(options().text('name'), undefined);
  assert.deepEqual(options().list('many'), []);
});

test('unknown options, missing values and wrong numbers of operands are refused', () => {
  for (const args of [['--nope'], ['--name'], ['--switch=1'], ['-x']]) {
    assert.throws(() => options(...args), usage);
  }
  assert.throws(() => options().required('name'), usage);
  assert.throws(() => options().operand('file'), usage);
  assert.throws(() => options('a', 'b').optionalOperand('file'), usage);
  assert.throws(() => options('a', 'b').operand('file'), usage);
  assert.throws(() => options('a').noOperands(), usage);
});

test('integers are decimal and in range', () => {
  assert.equal(options('--name', '7').integer('name', 1, 10), 7);
  assert.equal(options().integer('name', 1, 10), undefined);
  for (const text of ['', '0', '11', '1.5', '1e1', '0x5', ' 5', '9'.repeat(400)]) {
    assert.throws(() => options('--name', text).integer('name', 1, 10), usage, text);
  }
});

test('lists of integers have their length, and every part is in range', () => {
  assert.deepEqual(options('--name', '7,1,10').integers('name', 3, 1, 10), [7, 1, 10]);
  assert.equal(options().integers('name', 3, 1, 10), undefined);
  for (const text of ['', '1', '1,2', '1,2,3,4', '1,2,', '1,2,11', '0,2,3', '1, 2,3', '1,2,3.0', '1;2;3']) {
    assert.throws(() => options('--name', text).integers('name', 3, 1, 10), usage, text);
  }
});

test('choices are exact', () => {
  assert.equal(options('--name', 'b').choice('name', ['a', 'b']), 'b');
  assert.throws(() => options('--name', 'B').choice('name', ['a', 'b']), usage);
});
