import './environment.ts';
import '@tensorflow/tfjs-core/dist/tests';
