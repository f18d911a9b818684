import { release } from '../real-kubectl.ts';
import { generatorLines } from './generator-lines.ts';
import {
  configLines,
  flagLines,
  lastAppliedLines,
  listingLines,
  rolloutLines,
  setLines,
  templateLines,
  tutorialLines,
} from './setting-lines.ts';

const ofRelease = (text: string): string => text.trim().replaceAll(/^/gm, `${release}: `);

/**
 * Command lines in the order they run. `<` is followed by the name of stdin's document. Their text has been the same in kubectl since
 * 1.20, but for those that begin with the release they are of.
 */
export const lines: Readonly<Record<string, string>> = {
  'nothing there': `
get pods
get all
get pods,services
get nope
get nopes.apps
get pods nope
get pod/nope svc/nope
get pods nope -o name
get pods nope --ignore-not-found
get pods -l app=web nope
1.33: get pods -o json
1.33: get pods -o yaml
get pods -o name
get pods a -A
get pods -n default
get ns $NS -o name
get ns default
get --raw /nope
get -f - -o name < configMap
get -f - < empty
get -f /nope`,
  create: `
create -f - < deployment
create -f - < deployment
create -f - < json
create -f - -o name < list
create -f - < generated
create -f - < nameless
create -f - < badName
create -f - < otherNamespace
create -f - < brokenSecond
create -f - < wrongFirst
create -f - < noKind
create -f - < noVersion
create -f - --validate=false < noKind
create -f - < brokenYaml
create -f - < cutJson
create -f - < noObject
create -f - < empty
create -f - --dry-run=client < pod
create -f - --dry-run=server < pod
create -f - --save-config < pod
create deployment d1 --image=nginx
create deployment d1 --image=nginx
create deployment d2 --image=a/b:1 --replicas=2 --port=80 --dry-run=client -o yaml
create deployment d2 --image=nginx --dry-run=client -o json -- cmd arg
create deployment D2 --image=nginx
1.33: create deployment
create ns ns-$NS
create cm cm1 --from-literal=a=b --from-literal=c=d
create cm cm2 --from-file=k=/etc/hostname --dry-run=client -o name
create cm cm2 --from-literal=a
create secret generic s1 --from-literal=u=me --from-literal=p=x
create secret generic s2 --from-literal=u=me --type=x/y -o yaml --dry-run=client
create secret docker-registry r1 --docker-username=u --docker-password=p
create service clusterip svc1 --tcp=80:8080
create service nodeport svc3 --tcp=80:http -o yaml --dry-run=client
create service externalname svc5 --external-name=example.com
create sa sa1
create priorityclass pc-$NS --value=5 --description=x`,
  get: `
get deploy
get deploy -o wide
get deploy web -o json
get deploy web -o yaml
get deploy/web -o name
get deployments.v1.apps web
get deploy web --show-labels
get deploy -L app,tier
get deploy --no-headers
get deploy -l app=web -o name
get deploy -l 'app in (web,x)'
1.33: get deploy -l app=none -o json
get deploy -o jsonpath={.items[*].metadata.name}
get deploy web -o 'jsonpath={range .spec.template.spec.containers[*]}{.name}{"\\t"}{.image}{"\\n"}{end}'
get deploy web -o jsonpath='{.spec.template.spec.containers[?(@.name=="side")].image}'
get deploy web -o jsonpath={.spec.template.spec.containers}
get deploy web -o jsonpath={.nope}
get deploy web -o jsonpath={.metadata
get deploy web -o custom-columns=NAME:.metadata.name,IMG:.spec.template.spec.containers[*].image,X:.nope
get deploy -o custom-columns=NAME:.metadata.name --no-headers
get deploy --sort-by=.metadata.name
get deploy web nope
get deploy,cm -o name
get deploy,sa
get deploy/web svc/nope
get deploy --show-kind
get svc
get svc svc5 -o wide
get pods -o wide
get secrets,pc/pc-$NS
get secrets
get pc pc-$NS -o yaml`,
  apply: `
apply -f - < configMap
apply -f - < configMap
get cm c1 -o yaml
apply -f - < fewer
get cm c1 -o yaml
apply -f - -o yaml < configMap
apply -f - -o name < configMap
apply -f - < deployment
apply -f - < changed
get deploy web -o yaml
apply -f - < changed
apply -f - --dry-run=client < deployment
apply -f - --dry-run=server < deployment
apply -f - < two
apply -f - < two
apply -f - < badName
1.33: apply -f - < badDeployment
apply -f - < brokenYaml
apply -f - < wrongFirst
apply -f - < empty
apply -f /nope
apply`,
  expose: `
expose deploy web --port=80
expose deploy web --port=80
expose deploy web --name=w2 --port=80 --target-port=8080 --type=NodePort
get svc w2 -o yaml
1.33: expose deploy d1 --name=w4
expose deploy nope --port=80
expose pod p1 --name=w6 --port=99 --target-port=http --protocol=UDP -o yaml --dry-run=client
expose deploy web --port=80,81 --name=w9 -o yaml --dry-run=client
expose cm c1 --port=80
1.33: expose`,
  'scale and set image': `
scale deploy web --replicas=5
scale deploy web --replicas=1 --current-replicas=9
scale --replicas=2 deploy/web deploy/d1
1.33: scale deploy nope --replicas=1
1.33: scale deploy web --replicas=x
1.33: scale deploy web
set image deploy/web nginx=nginx:1.29
set image deploy/web nginx=nginx:1.29
set image deploy/web nope=x
set image deploy/web *=img:1
set image deploy/web
set image deploy/nope nginx=x
set image deploy/web nginx=nginx:2 --dry-run=client -o yaml
get deploy web -o yaml`,
  'label, annotate, patch': `
label deploy web x=y
label deploy web x=z
label deploy web x=z --overwrite
label deploy web
label deploy web a=b -o yaml --dry-run=client
label deploy web 'a=bad value'
label deploy web 'bad key=x'
label deploy web a=1 a-
label sa/sa1 sa/nope y=z
label pods -l app=web z=1
label nope x a=b
annotate deploy web x=y
annotate deploy web x=z
annotate deploy web x-
annotate deploy nope a=b
patch deploy web -p '{"spec":{"replicas":7}}'
patch deploy web -p '{"spec":{"replicas":7}}'
patch deploy web --type=merge -p '{"spec":{"replicas":8}}'
patch deploy web --type=json -p '[{"op":"replace","path":"/spec/replicas","value":9}]'
patch deploy web -p '{'
patch deploy web -p '{"spec":{"replicas":-5}}'
patch deploy web -p 'spec: {replicas: 4}' -o name
patch deploy nope -p '{}'`,
  'rollout, cluster and kubeconfig': `
rollout status deploy/nope
rollout status deploy/d1 --watch=false
rollout history deploy/d1
rollout history deploy/nope
rollout undo deploy/nope
rollout pause deploy/d1
rollout resume deploy/d1
rollout restart deploy/nope
rollout nope
api-versions
api-resources --api-group=apps -o name
1.33: config view
config current-context
config get-contexts
config get-contexts -o name
config get-clusters
config use-context nope
config set-context new --cluster=c --user=u --namespace=x
config set-cluster c2 --server=https://1.2.3.4
1.33: config set-credentials u2 --token=abc
config use-context new
1.33: config view
config delete-context new
config delete-cluster c2
config use-context c`,
  'wrong words': `
1.33: gett
1.33: get pods --nope
1.33: get pods -z
1.33: get pods -o
1.33: get pods --output
1.33: get pods --no-headers=maybe
1.33: get pods -wz
1.33: get pods --chunk-size=x
1.33: --nope
completion nope`,
  'run, autoscale and wait': `
run r1 --image=nginx
run r1 --image=nginx
run r2 --image=nginx --dry-run=client -o yaml --port=80 --env=A=b --labels=a=b,c=d --restart=Never -- a b
run r3 --image=nginx --command --dry-run=client -o yaml -- a b
run r4
run r5 --image=nginx --expose --port=80
run r6 --image=nginx --overrides='{"spec":{"nodeName":"x"}}' -o yaml --dry-run=client
1.33: run R7 --image=nginx
run r8 --image=nginx --restart=Foo
run r9 --image=nginx --rm
run r10 --image=nginx --env=A
run r11 --image='a b'
run r13 --image=nginx --expose
run r14 --image=nginx --restart=OnFailure --dry-run=client -o name
run r15 --image=nginx -l run=a --privileged --image-pull-policy=Always --annotations=x=y -o yaml --dry-run=client
autoscale deploy d1 --min=1 --max=5 --cpu-percent=80
autoscale deploy d1 --max=5
autoscale deploy nope --max=5
1.33: autoscale deploy d1 --max=5 --name=x -o yaml --dry-run=client
autoscale deploy d1
autoscale deploy d1 --max=1 --min=3
autoscale
wait deploy/d1 --for=condition=Available --timeout=1s
wait deploy/nope --for=condition=Available --timeout=1s
wait pod/nope --for=delete --timeout=1s
wait pod/r1 --for=jsonpath={.metadata.name}=r1
wait pod/r1 --for=jsonpath={.metadata.name}=r2 --timeout=1s
1.33: wait pod/r1 --for=jsonpath={.metadata.name}
wait pod/r1
wait --for=condition=x
wait pod --all --for=foo
1.33: wait pod/r1 --for=create
wait pod -l a=zz --for=condition=Ready --timeout=1s`,
  'create from flags': ofRelease(generatorLines),
  set: ofRelease(setLines),
  rollout: ofRelease(rolloutLines),
  'what there is, in order': ofRelease(listingLines),
  'debug, and what tutorials type': ofRelease(tutorialLines),
  'what was applied, and by which command': ofRelease(lastAppliedLines),
  templates: ofRelease(templateLines),
  flags: ofRelease(flagLines),
  nodes: `
create -f - < nodes
cordon node-1-$NS
cordon node-1-$NS
cordon node-1-$NS node-2-$NS --dry-run=client
cordon -l of=$NS
uncordon node/node-1-$NS
1.33: uncordon node-1-$NS nope-$NS
1.33: cordon node-1-$NS -l a=b
1.33: cordon
1.33: drain node-1-$NS --ignore-daemonsets
drain node-1-$NS --ignore-daemonsets --force --dry-run=client --pod-selector=a=b
drain node-2-$NS
drain nope-$NS
uncordon -l of=$NS
taint nodes node-1-$NS a=b:NoSchedule
1.33: taint nodes node-1-$NS a=b:NoSchedule
taint nodes node-1-$NS a=c:NoSchedule --overwrite
taint nodes node-1-$NS a=c:NoExecute b:PreferNoSchedule
get node node-1-$NS -o jsonpath={.spec.taints}
taint nodes node-1-$NS a=c:NoSchedule- c=d:NoSchedule
taint nodes node-1-$NS a-
1.33: taint nodes node-1-$NS nope:NoSchedule-
1.33: taint nodes node-1-$NS a=b
1.33: taint nodes node-1-$NS a=b:Nope
1.33: taint nodes node-1-$NS a=b=c:NoSchedule
1.33: taint nodes node-1-$NS a=b:NoSchedule a=c:NoSchedule
1.33: taint nodes node-1-$NS x=y:NoSchedule x:NoSchedule-
1.33: taint nodes node-1-$NS
1.33: taint pods x a=b:NoSchedule
taint nodes -l of=$NS t=u:NoSchedule`,
  'edit, replace and diff': `
create -f - < editable
edit cm e1
edit cm e1
get cm e1 -o yaml
edit cm nope
edit
replace -f - < changed
replace -f - < missing
replace -f - < badName
replace -f - -o name < changed
replace -f - --dry-run=client < changed
replace -f - --dry-run=server < changed
replace -f - --save-config < changed
replace --force -f - < changed
replace -f - < wrongFirst
1.33: replace
replace -f /nope
diff -f - < editable
diff -f - < missing
diff -f - < two
diff -f /nope
1.33: diff`,
  explain: `
1.33: explain pods
1.33: explain deploy.spec.strategy
1.33: explain pods --recursive
1.33: explain pods.spec.containers.resources
1.33: explain nodes.status
1.33: explain cm.data
1.33: explain deployment.spec.strategy.type
1.33: explain pods.spec.nope.x
1.33: explain nope
1.33: explain
1.33: explain pods x
1.33: explain deployments.apps.spec
1.33: explain ingresses.networking.k8s.io
1.33: explain hpa --api-version=autoscaling/v1
1.33: explain ev`,
  'auth, events and what is not there': `
auth can-i get pods
auth can-i '*' '*'
auth can-i get pods -q
auth can-i nope nopes
auth can-i get /healthz
auth can-i get pods/log
auth can-i get nodes
1.33: auth can-i
auth can-i get pods --list
auth can-i --list --as=jane
auth can-i --list --as=jane --no-headers -n default
auth can-i create pods/exec --as=jane
auth can-i get pods/web --as=jane -A
auth can-i list deployments.apps --subresource=status --as=jane
auth reconcile -f - --dry-run=client < roles
auth reconcile -f - < roles
auth reconcile -f - < roles
auth can-i list secrets --as=jane
auth can-i delete secrets/x --as=jane
auth can-i --list --as=jane
auth reconcile -f - < otherRoles
auth reconcile -f - -o name --remove-extra-permissions --remove-extra-subjects < otherRoles
auth reconcile -f - < otherRole
auth reconcile -f - -o yaml --dry-run=client < roles
auth reconcile -f - < configMap
auth reconcile -f - --dry-run=server < roles
auth reconcile
get role,rolebinding -o yaml
auth can-i --list
1.33: auth whoami
1.33: auth whoami -o yaml
events
events --for pod/r1
events -A
1.33: get ev
certificate approve nope
certificate deny
top nodes
top pods`,
  delete: `
delete deploy nope
1.33: delete deploy
delete
delete cm c1 nope
delete cm/t1 secret/t2
delete cm l1 l2 -o name
delete cm nope --ignore-not-found
delete svc -l app=web
delete svc --all --dry-run=client
delete deploy web x -l a=b
delete -f - < wrongFirst
delete -f - < changed
delete -f - < empty
delete nope x
delete pc pc-$NS
delete cm --all --wait=false
delete svc,secret --all`,
  // The kubeconfig is not what it was after these.
  config: ofRelease(configLines),
};
